"""The training table: the rows a version was trained on, as they are kept with it, and what is asked of them."""

from __future__ import annotations

import io
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from flows.state.raw_rows import kinds, strange, to_matrix
from models.errors import damaged
from nn.drift import Reference

if TYPE_CHECKING:
    from models.store import Version

FILE: Final = "training.parquet"
CLASS: Final = "class_index"


def training_table(version: Version) -> pa.Table:
    """The features of a version in order, and the class index of each row; its hash was checked when it was loaded.

    ModelError where it is not that table.
    """
    classifier = version.classifier
    expected = pa.schema([*kinds(classifier.features, classifier.encoding), pa.field(CLASS, pa.int32())])
    if FILE not in version.files:
        raise damaged(f"version {version.number}: {FILE} is missing; found {', '.join(version.files) or 'no file'}")
    try:
        table = pq.read_table(io.BytesIO(version.files[FILE]))
    except (pa.ArrowException, OSError, ValueError) as error:
        found = " ".join(str(error).split())[:160]
        raise damaged(f"version {version.number}: {FILE} cannot be read; found {found}") from error
    if not table.schema.equals(expected) or not table.num_rows:
        raise damaged(f"version {version.number}: {FILE} is not of its features; found {_shown(table)}")
    classes = set(table[CLASS].unique().to_pylist())
    *values, _ = table.columns
    unfit = map(strange, values, classifier.encoding.across(len(values)))
    if not classes <= {*range(len(classifier.classes))} or any(unfit):
        raise damaged(f"version {version.number}: {FILE} has rows without a class or value; found {classes!s:.80}")
    return table


def read_rows(version: Version) -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]:
    """The rows (n, d) and class indices (n,) a version was trained on; ModelError where they are not kept with it."""
    table, classifier = training_table(version), version.classifier
    return to_matrix(table, classifier.features, classifier.encoding), table[CLASS].to_numpy().astype(np.intp)


@lru_cache(maxsize=4)
def load_reference(version: Version) -> Reference:
    """The rows a version was trained on, as what is asked of them, made once for a version that is loaded."""
    x, classes = read_rows(version)
    classifier = version.classifier
    return Reference.of(classifier.features, x, classes, len(classifier.classes), classifier.encoding)


def _shown(table: pa.Table) -> str:
    return f"{table.num_rows} rows of {', '.join(table.column_names)}"[:160]
