"""Training rows: the valid rows of labelled tables as matrices, and as they are kept with a version."""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from data.reading import read_chunks, settle_truth
from data.sniffing import sniff
from data.truth import class_indices
from flows.jobs.refusals import TrainingError
from flows.state.raw_rows import to_columns
from flows.state.training_table import CLASS
from nn.encoding import PLAIN
from schemas.checking import check_rows

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from data.layouts import Layout
    from data.sources import Readable
    from nn.encoding import Encoding
    from schemas.table import Table


@dataclass(frozen=True, eq=False)
class TrainingRows:
    """Raw rows x (n, d), the class index of each, (n,), and how many other rows their tables have."""

    x: np.ndarray[Any, Any]
    classes: np.ndarray[Any, Any]
    left_out: int

    @classmethod
    def read(cls, source: Readable, table: Table) -> Self:
        """The valid rows of a labelled table; TrainingError where it carries no truth that can be learned from."""
        layout = labelled_layout(source, table)
        parts, rows = [cls(np.empty((0, len(table.features))), np.empty(0, dtype=np.intp), 0)], 0
        for chunk in read_chunks(source, layout):
            indices, _ = class_indices(chunk.frame, layout.truth)
            frame = chunk.frame.assign(truth=np.where(indices < 0, np.nan, indices))
            checked = check_rows(table, frame, labelled=True, as_it_stood=chunk.as_it_stood)
            parts.append(cls(checked.matrix(), checked.valid["truth"].to_numpy(dtype=np.intp), 0))
            rows += chunk.rows
        found = cls.together(parts)
        return cls(found.x, found.classes, rows - len(found.x))

    @classmethod
    def together(cls, parts: Iterable[Self]) -> Self:
        """The rows of all these, one after the other."""
        parts = [*parts]
        x, classes = (np.concatenate(each) for each in ([part.x for part in parts], [part.classes for part in parts]))
        return cls(x, classes, sum(part.left_out for part in parts))


def labelled_layout(source: Readable, table: Table) -> Layout:
    """The layout of a table that can be learned from; SourceError or TrainingError where it cannot be.

    Its head decides, and the whole label column where that leaves open what the labels count from.
    """
    layout = sniff(source, table)
    if not layout.carries_truth:
        message = f"{source}: no label column to train on; found {layout.why}; add one called {table.label}"
        raise TrainingError(message)
    layout = settle_truth(source, layout)
    if layout.truth.ambiguous:
        found = "found numbers that may count from 0 or from 1; write the classes by name"
        message = f"{source}: ambiguous labels; {found}"
        raise TrainingError(message)
    return layout


def write_rows(
    features: Sequence[str], x: np.ndarray[Any, Any], classes: np.ndarray[Any, Any], encoding: Encoding = PLAIN
) -> bytes:
    """Training rows as a Parquet file: the features in order, and the class index of each row."""
    columns = to_columns(x, features, encoding)
    target = io.BytesIO()
    pq.write_table(pa.table(columns | {CLASS: pa.array(classes, pa.int32())}), target, compression="zstd")
    return target.getvalue()
