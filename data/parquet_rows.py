"""Parquet rows: the rows of a Parquet file in chunks, no more of them at once than memory should hold."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import IO, TYPE_CHECKING, Any, Final, cast

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from data.cells import as_classes, as_it_stood, as_numbers, as_text, unfit
from data.chunks import kinds_of, to_chunk
from data.errors import TextError
from data.footers import read_footer
from data.one_hot import flag_numbers
from data.page_headers import check_pages, coded_bytes
from data.row_ranges import RowRange, together
from data.sources import unverified
from data.statistics import check_values

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    import numpy as np

    from data.chunks import Chunk, Kind
    from data.footers import Footer, RowGroup
    from data.layouts import Layout
    from data.sources import Readable

LARGEST_BATCH: Final = 64 << 20  # bytes, unpacked
LONG_TEXT: Final = 100  # bytes


@dataclass(frozen=True)
class Part:
    """Rows as they were unpacked, and the row groups that they are of."""

    batch: pa.RecordBatch
    groups: Sequence[RowGroup]

    def checked(self) -> pa.RecordBatch:
        """The rows; TextError where their values are not what the footer says."""
        for name in self.batch.schema.names:
            check_values(self.batch[name], [group.chunks[name] for group in self.groups])
        return self.batch


@dataclass(frozen=True)
class ParquetSource:
    """A Parquet file that is open, and the footer it was found to have."""

    source: Readable
    file: pq.ParquetFile
    footer: Footer

    def cell_bytes(self, name: str) -> int:
        """How many bytes a cell of a column has, on average over the first rows, unpacked."""
        sizes = (group.chunks[name].unpacked // max(1, group.rows) for group in self.footer.groups)
        return next(sizes, 0)

    @property
    def everything(self) -> RowRange:
        """All rows of the file."""
        return RowRange((0, len(self.footer.groups)), 0, self.footer.rows)

    def batches(self, names: Sequence[str], rows: int) -> Iterator[pa.RecordBatch]:
        """These columns as `parts` gives them, their values held against the footer."""
        return (part.checked() for part in self.parts(names, rows))

    def parts(self, names: Sequence[str], rows: int, only: RowRange | None = None) -> Iterator[Part]:
        """These columns, about so many rows at once, fewer where they are long, of the whole file or of a range.

        TextError where their pages are not what the footer says, or other rows come out than it promises.
        """
        found, wanted = 0, only or self.everything
        with unverified(self.source).open("rb", buffering=0) as raw:
            first, end = wanted.groups
            for numbers in together(self.footer.groups[:end], rows, first):
                groups = [self.footer.groups[number] for number in numbers]
                for group in groups:
                    check_pages(cast("IO[bytes]", raw), [group.chunks[name] for name in names])
                most = min(rows, max(1, LARGEST_BATCH // _row_bytes(groups, names)))
                for batch in self.file.iter_batches(batch_size=most, row_groups=numbers, columns=[*names]):
                    found += batch.num_rows
                    yield Part(batch, groups)
        if found != wanted.end - wanted.start:
            what = f"found {found:,} of the {wanted.end - wanted.start:,} rows its footer promises"
            message = f"a damaged Parquet file; {what}; write it again"
            raise TextError(message)


@contextmanager
def open_parquet(source: Readable) -> Iterator[ParquetSource]:
    """A Parquet file; TextError where its footer contradicts itself."""
    with source.open("rb") as raw:
        footer = read_footer(cast("IO[bytes]", raw))
        # Long texts that stand once are held once. With `pre_buffer` on, its default, the whole file would be held.
        chunks = [chunk for group in footer.groups for chunk in group.chunks.values() if chunk.coded]
        coded = {chunk.path for chunk in chunks if coded_bytes(cast("IO[bytes]", raw), chunk) > LONG_TEXT}
        with pq.ParquetFile(
            raw, read_dictionary=[*coded], pre_buffer=False, buffer_size=1 << 20, page_checksum_verification=True
        ) as file:
            yield ParquetSource(source, file, footer)


def parquet_chunks(
    source: Readable, layout: Layout, rows: int, only: RowRange | None = None
) -> Iterator[Callable[[], Chunk]]:
    """The rows of a Parquet file, or of a range, in chunks of about so many, each converted when it is called for.

    TextError, ArrowException or OSError on the way.
    """
    start = only.start if only else 0
    with open_parquet(source) as opened:
        for part in opened.parts([layout.columns[place] for place, _ in kinds_of(layout).values()], rows, only):
            yield partial(_chunk, part, layout, start)
            start += part.batch.num_rows


def _chunk(part: Part, layout: Layout, start: int) -> Chunk:
    batch = part.checked()
    kinds = {name: (layout.columns[place], kind) for name, (place, kind) in kinds_of(layout).items()}
    features = {feature: layout.columns[place] for feature, place in layout.features.items()}
    columns = {name: _read_as(kind, batch[column]) for name, (column, kind) in kinds.items()}
    numbers = pd.RangeIndex(start, start + batch.num_rows, name="row")
    bad = [*unfit(batch[kinds["id"][0]])] if "id" in kinds else []
    return to_chunk(columns, layout, numbers, _Text(batch, features), bad)


def _row_bytes(groups: Sequence[RowGroup], names: Sequence[str]) -> int:
    """The bytes of a row of these columns, unpacked; at least one."""
    sizes = (sum(group.chunks[name].unpacked for name in names) // max(1, group.rows) for group in groups)
    return max(1, *sizes)


def _read_as(kind: Kind, column: pa.Array) -> pa.Array:
    if kind == "number":
        return as_numbers(column)
    if kind == "flag":
        return flag_numbers(column if pa.types.is_boolean(column.type) else as_text(column), as_numbers(column))
    return as_classes(column) if kind == "class" else as_text(column)


@dataclass(frozen=True)
class _Text:
    batch: pa.RecordBatch
    names: dict[str, str]

    def __call__(self, positions: np.ndarray[Any, Any]) -> pd.DataFrame:
        at = pa.array(positions)
        return pd.DataFrame({feature: as_it_stood(self.batch[name], at) for feature, name in self.names.items()})
