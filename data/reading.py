"""Reading: text and Parquet through one door, chunk by chunk, in memory that does not grow with the file."""

from __future__ import annotations

import zlib
from collections import Counter
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet as pq

from data.errors import SourceError, TextError
from data.layouts import CHUNK_ROWS, Layout, TextLayout, with_truth
from data.text_blocks import Block, read_blocks
from data.text_parsing import parse_block, parse_numbers, without_blanks

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path


LARGEST_BLOCK: Final = 32 << 20  # bytes of text at once, however wide the rows are
TEXT: Final = pa.dictionary(pa.int32(), pa.string())


@dataclass(frozen=True, eq=False)
class Chunk:
    """Consecutive rows of a file.

    ``frame`` has the features as float64 (NaN where a cell is no number), ``id`` as text and ``truth`` as categorical
    text where the file has them, and the row number in the file as its index. ``as_it_stood`` gives the feature cells
    of rows, by their position in the frame, as the text they were. ``malformed`` are the lines that are no rows:
    number, reason, text.
    """

    frame: pd.DataFrame
    as_it_stood: Callable[[np.ndarray[Any, Any]], pd.DataFrame]
    malformed: list[tuple[int, str, str]] = field(default_factory=list)

    @property
    def rows(self) -> int:
        """How many rows of the file this is, malformed ones among them."""
        return len(self.frame) + len(self.malformed)


def read_chunks(source: Path, layout: Layout, *, rows: int = CHUNK_ROWS) -> Iterator[Chunk]:
    """The rows of a file in its order, about so many at once; SourceError where it cannot be read on."""
    try:
        if layout.text is None:
            yield from _parquet_chunks(source, layout, rows)
        else:
            yield from _text_chunks(source, layout, layout.text, rows)
    except (pa.ArrowException, OSError, EOFError, zlib.error, TextError) as error:
        reason = " ".join(str(error).split())[:200]
        message = f"{source}: cannot be read to its end; {reason}; write the file again"
        raise SourceError(message) from error


def settle_truth(source: Path, layout: Layout) -> Layout:
    """The layout, its truth settled by the whole label column where the head leaves open what numbers count from."""
    if not layout.truth.ambiguous:
        return layout
    counts: Counter[str] = Counter()
    alone = replace(layout, features={}, identifier=None)
    for chunk in read_chunks(source, alone):
        counts.update({str(text): count for text, count in chunk.frame["truth"].value_counts().items()})
    return with_truth(layout, +counts)


def _frame(
    columns: dict[str, pa.ChunkedArray | pa.Array], layout: Layout, numbers: np.ndarray[Any, Any]
) -> pd.DataFrame:
    """The columns under their names, one-hot labels gathered into one, the rows under their numbers."""
    hot = [columns.pop(f"one_hot_{place}").to_numpy(zero_copy_only=False) for place in layout.one_hot]
    frame = pd.DataFrame({name: column.to_pandas() for name, column in columns.items()}, copy=False)
    if hot:
        cells = np.stack(hot)
        one = np.isin(cells, (0, 1)).all(axis=0) & (cells.sum(axis=0) == 1)
        codes = np.where(one, cells.argmax(axis=0), -1)
        frame["truth"] = pd.Categorical.from_codes(codes, pd.Index(layout.truth.expected.class_names))
    return frame.set_axis(pd.Index(numbers, name="row"))  # given at once, the index would align instead of naming


def _kinds(layout: Layout) -> dict[str, tuple[int, pa.DataType]]:
    """The columns that are read, by our names: their places in the file and the types they get."""
    kinds = {feature: (place, pa.float64()) for feature, place in layout.features.items()}
    kinds |= {f"one_hot_{place}": (place, pa.float64()) for place in layout.one_hot}
    if layout.identifier is not None:
        kinds["id"] = (layout.identifier, pa.string())
    if layout.label is not None:
        kinds["truth"] = (layout.label, TEXT)
    return kinds


def _parquet_chunks(source: Path, layout: Layout, rows: int) -> Iterator[Chunk]:
    kinds = {name: (layout.columns[place], kind) for name, (place, kind) in _kinds(layout).items()}
    features = {feature: layout.columns[place] for feature, place in layout.features.items()}
    start = 0
    # With `pre_buffer` on, its default, the whole file would be held.
    with pq.ParquetFile(source, pre_buffer=False, buffer_size=1 << 20, page_checksum_verification=True) as file:
        for batch in file.iter_batches(batch_size=rows, columns=[name for name, _ in kinds.values()]):
            columns = {name: _converted(batch[column], kind) for name, (column, kind) in kinds.items()}
            numbers = np.arange(start, start + batch.num_rows)
            yield Chunk(_frame(columns, layout, numbers), _ParquetText(batch, features))
            start += batch.num_rows


@dataclass(frozen=True)
class _ParquetText:
    batch: pa.RecordBatch
    names: dict[str, str]

    def __call__(self, positions: np.ndarray[Any, Any]) -> pd.DataFrame:
        at = pa.array(positions)
        return pd.DataFrame(
            {
                feature: [None if cell is None else str(cell) for cell in _taken(self.batch[name], at).to_pylist()]
                for feature, name in self.names.items()
            }
        )


def _taken(column: pa.Array, positions: pa.Array) -> pa.Array:
    return (column.cast(pa.string()) if pa.types.is_string_view(column.type) else column).take(positions)


def _converted(column: pa.Array, kind: pa.DataType) -> pa.Array:
    plain = column.dictionary_decode() if pa.types.is_dictionary(column.type) else column
    if kind == TEXT and pa.types.is_integer(column.type):
        coded = column.dictionary_encode()  # each number is written out once
        return pa.DictionaryArray.from_arrays(coded.indices, coded.dictionary.cast(pa.string()))
    if kind != pa.float64():
        return without_blanks(plain.cast(pa.string())).cast(kind)
    if pa.types.is_floating(plain.type) or pa.types.is_integer(plain.type):
        return plain.cast(pa.float64(), safe=False)
    return parse_numbers(plain.cast(pa.string()), ".")  # a decimal's own cast to float64 is off in the last digit


def _text_chunks(source: Path, layout: Layout, text: TextLayout, rows: int) -> Iterator[Chunk]:
    start = 0
    for block in read_blocks(source, text, len(layout.columns), min(max(1, rows * text.line_bytes), LARGEST_BLOCK)):
        chunk = _text_chunk(block, layout, text, start)
        start += chunk.rows
        yield chunk


def _text_chunk(block: Block, layout: Layout, text: TextLayout, start: int) -> Chunk:
    kinds = _kinds(layout)
    table, malformed = parse_block(block, layout, text, {str(place): kind for place, kind in kinds.values()})
    numbers = np.arange(start, start + table.num_rows + len(malformed))
    if malformed:
        numbers = np.delete(numbers, [row for row, _, _ in malformed])
    columns = {name: _told(table[str(place)], kind, text.decimal) for name, (place, kind) in kinds.items()}
    lines = [(start + row, reason, line) for row, reason, line in malformed]
    return Chunk(_frame(columns, layout, numbers), _Text(block, layout, text), lines)


def _told(column: pa.ChunkedArray, kind: pa.DataType, decimal: str) -> pa.ChunkedArray:
    if kind == pa.float64():
        return parse_numbers(column, decimal) if pa.types.is_string(column.type) else column
    return without_blanks(column.cast(pa.string())).cast(kind)


@dataclass(frozen=True)
class _Text:
    block: Block
    layout: Layout
    text: TextLayout

    def __call__(self, positions: np.ndarray[Any, Any]) -> pd.DataFrame:
        kinds = {str(place): pa.string() for place in self.layout.features.values()}
        taken = parse_block(self.block, self.layout, self.text, kinds)[0].take(pa.array(positions))
        return pd.DataFrame({feature: taken[str(place)].to_pandas() for feature, place in self.layout.features.items()})
