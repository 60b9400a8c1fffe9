"""Reading: CSV and Parquet through one door, chunk by chunk, in memory that does not grow with the file."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
import pyarrow.parquet as pq

from data.layouts import Layout, SourceError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

ROWS: Final = 131_072
NUMBER: Final = r"(?i)^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$|^[+-]?inf(inity)?$"
LARGEST_LINE: Final = 1 << 20
TEXT: Final = pa.dictionary(pa.int32(), pa.string())


@dataclass(frozen=True, eq=False)
class Chunk:
    """Consecutive rows of a file.

    ``frame`` has the features as float64 (NaN where a cell is no number), ``id`` and ``truth`` as text where the file
    has them, and the row number in the file as its index. ``as_it_stood`` gives the feature cells of rows, by their
    position in the frame, as the text they were. ``malformed`` are the lines that are no rows: number, reason, text.
    """

    frame: pd.DataFrame
    as_it_stood: Callable[[np.ndarray[Any, Any]], pd.DataFrame]
    malformed: list[tuple[int, str, str]] = field(default_factory=list)

    @property
    def rows(self) -> int:
        """How many rows of the file this is, malformed ones among them."""
        return len(self.frame) + len(self.malformed)


def read_chunks(source: Path, layout: Layout, *, rows: int = ROWS) -> Iterator[Chunk]:
    """The rows of a file in its order, about so many at once; SourceError where it cannot be read on."""
    chunks = _parquet_chunks(source, layout, rows) if layout.kind == "parquet" else _csv_chunks(source, layout, rows)
    try:
        yield from chunks
    except (pa.ArrowException, OSError) as error:
        reason = " ".join(str(error).split())[:200]
        message = f"{source}: cannot be read to its end; {reason}; write the file anew"
        raise SourceError(message) from error


def _frame(columns: dict[str, pa.ChunkedArray | pa.Array], numbers: np.ndarray[Any, Any]) -> pd.DataFrame:
    frame = pd.DataFrame({name: column.to_pandas() for name, column in columns.items()}, copy=False)
    return frame.set_axis(pd.Index(numbers, name="row"))  # given at once, the index would align instead of naming


def _parquet_chunks(source: Path, layout: Layout, rows: int) -> Iterator[Chunk]:
    names = {feature: layout.columns[place] for feature, place in layout.features.items()}
    texts = {
        name: (layout.columns[place], kind)
        for name, place, kind in (("id", layout.identifier, pa.string()), ("truth", layout.label, TEXT))
        if place is not None
    }
    wanted = [*names.values(), *(name for name, _ in texts.values())]
    start = 0
    # With `pre_buffer` on, its default, the whole file would be held.
    with pq.ParquetFile(source, pre_buffer=False, buffer_size=1 << 20, page_checksum_verification=True) as file:
        for batch in file.iter_batches(batch_size=rows, columns=wanted):
            numbers = np.arange(start, start + batch.num_rows)
            columns = {feature: _as_numbers(batch[name]) for feature, name in names.items()}
            columns |= {name: batch[column].cast(pa.string()).cast(kind) for name, (column, kind) in texts.items()}
            yield Chunk(_frame(columns, numbers), _ParquetText(batch, names))
            start += batch.num_rows


@dataclass(frozen=True)
class _ParquetText:
    batch: pa.RecordBatch
    names: dict[str, str]

    def __call__(self, positions: np.ndarray[Any, Any]) -> pd.DataFrame:
        taken = self.batch.select(list(self.names.values())).take(pa.array(positions))
        return pd.DataFrame(
            {
                feature: [None if cell is None else str(cell) for cell in taken[name].to_pylist()]
                for feature, name in self.names.items()
            }
        )


def _as_numbers(column: pa.Array) -> pa.Array:
    if pa.types.is_dictionary(column.type):
        column = column.dictionary_decode()
    if pa.types.is_string(column.type) or pa.types.is_large_string(column.type):
        return _parse(column)
    return column.cast(pa.float64(), safe=False)


def _parse(column: pa.Array | pa.ChunkedArray) -> pa.Array | pa.ChunkedArray:
    """Text to float64 with the number parser of the CSV reader; null where it is no number."""
    trimmed = pc.utf8_trim_whitespace(column)
    numbers = pc.if_else(pc.match_substring_regex(trimmed, NUMBER), trimmed, None)
    return numbers.cast(pa.float64())


def _csv_chunks(source: Path, layout: Layout, rows: int) -> Iterator[Chunk]:
    start = 0
    for block in _blocks(source, layout.start, max(1, rows * layout.line_bytes)):
        chunk = _csv_chunk(block, layout, start)
        start += chunk.rows
        yield chunk


def _blocks(source: Path, start: int, size: int) -> Iterator[bytes]:
    """Whole lines, about so many bytes at once."""
    with source.open("rb") as file:
        file.seek(start)
        rest = b""
        while piece := file.read(size):
            lines, newline, piece = (rest + piece).rpartition(b"\n")
            rest = piece
            if len(rest) > LARGEST_LINE:
                message = (
                    f"{source}: a line of more than {LARGEST_LINE:,} bytes; found {rest[:20]!r}...; is it a table?"
                )
                raise SourceError(message)
            if newline:
                yield lines + newline
        if rest.strip():
            yield rest


def _csv_chunk(block: bytes, layout: Layout, start: int) -> Chunk:
    kinds = {str(place): pa.float64() for place in layout.features.values()}
    if layout.label is not None:
        kinds[str(layout.label)] = TEXT
    if layout.identifier is not None:
        kinds[str(layout.identifier)] = pa.string()
    table, malformed = _parse_block(block, layout, kinds)
    numbers = np.arange(start, start + table.num_rows + len(malformed))
    if malformed:
        numbers = np.delete(numbers, [row for row, _, _ in malformed])
    columns = {feature: _as_column(table[str(place)]) for feature, place in layout.features.items()}
    if layout.identifier is not None:
        columns["id"] = table[str(layout.identifier)]
    if layout.label is not None:
        columns["truth"] = table[str(layout.label)]
    lines = [(start + row, reason, text) for row, reason, text in malformed]
    return Chunk(_frame(columns, numbers), _CsvText(block, layout), lines)


@dataclass(frozen=True)
class _CsvText:
    block: bytes
    layout: Layout

    def __call__(self, positions: np.ndarray[Any, Any]) -> pd.DataFrame:
        kinds = {str(place): pa.string() for place in self.layout.features.values()}
        taken = _parse_block(self.block, self.layout, kinds)[0].take(pa.array(positions))
        return pd.DataFrame({feature: taken[str(place)].to_pandas() for feature, place in self.layout.features.items()})


def _as_column(column: pa.ChunkedArray) -> pa.ChunkedArray:
    return column if pa.types.is_floating(column.type) else _parse(column)


def _parse_block(
    block: bytes, layout: Layout, kinds: dict[str, pa.DataType]
) -> tuple[pa.Table, list[tuple[int, str, str]]]:
    """A block as a table of these columns, and its malformed lines; a column with a cell that is no number as text."""
    malformed: list[tuple[int, str, str]] = []

    def skip(line: pyarrow.csv.InvalidRow) -> str:
        reason = f"{line.expected_columns} columns due, found {line.actual_columns}"
        malformed.append((line.number - 1, reason, line.text))
        return "skip"

    kinds = dict(kinds)
    while True:
        malformed.clear()
        try:
            table = pyarrow.csv.read_csv(
                pa.BufferReader(block),
                read_options=pyarrow.csv.ReadOptions(
                    column_names=[str(place) for place in range(len(layout.columns))],
                    use_threads=False,
                    block_size=len(block) + 1,
                ),
                parse_options=pyarrow.csv.ParseOptions(invalid_row_handler=skip),
                convert_options=pyarrow.csv.ConvertOptions(column_types=kinds, include_columns=list(kinds)),
            )
        except pa.ArrowInvalid as error:
            column = re.search(r"CSV column #(\d+)", str(error))
            if column is None or not pa.types.is_floating(kinds.get(column[1], pa.null())):
                raise
            kinds[column[1]] = pa.string()
        else:
            return table, malformed
