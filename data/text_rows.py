"""Text rows: the rows of a text file in chunks, and the lines that are none."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, partial
from typing import TYPE_CHECKING, Any, Final

import pandas as pd
import pyarrow as pa

from data.cells import TEXT, unfit
from data.chunks import kinds_of, to_chunk
from data.one_hot import flag_numbers
from data.text_blocks import Block, read_blocks
from data.text_parsing import has_blanks, parse_block, parse_numbers, without_blanks

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import numpy as np

    from data.chunks import Chunk, Kind
    from data.layouts import Layout, TextLayout
    from data.sources import Readable

LARGEST_BLOCK: Final = 32 << 20  # bytes of text at once, however wide the rows are
TYPES: Final = {"number": pa.float64(), "text": pa.string(), "class": TEXT, "flag": pa.string()}


def text_chunks(source: Readable, layout: Layout, text: TextLayout, rows: int) -> Iterator[Callable[[], Chunk]]:
    """The rows of a text file in chunks of about so many, each parsed when it is called for.

    TextError, OSError, EOFError or zlib.error on the way.
    """
    start = 0
    size = min(max(1, rows * text.line_bytes), LARGEST_BLOCK)
    for block in read_blocks(source, text, len(layout.columns), size):
        parse = cache(partial(_chunk, block, layout, text, start))
        start += parse().rows if block.count is None else block.count
        yield parse


def _chunk(block: Block, layout: Layout, text: TextLayout, start: int) -> Chunk:
    kinds = kinds_of(layout)
    table, malformed = parse_block(block, layout, text, {str(place): TYPES[kind] for place, kind in kinds.values()})
    rows = table.num_rows + len(malformed)
    if block.count not in (None, rows):
        message = f"{block.count:,} rows counted and {rows:,} parsed: a bug"
        raise AssertionError(message)
    numbers: pd.Index[int] = pd.RangeIndex(start, start + rows, name="row")
    if malformed:
        numbers = numbers.delete([row for row, _, _ in malformed])
    columns = {name: _read_as(kind, table[str(place)], text.decimal) for name, (place, kind) in kinds.items()}
    lines = [(start + row, reason, line) for row, reason, line in malformed]
    bad = [*unfit(columns["id"].combine_chunks())] if "id" in columns else []
    return to_chunk(columns, layout, numbers, _Text(block, layout, text), bad, lines)


def _read_as(kind: Kind, column: pa.ChunkedArray, decimal: str) -> pa.ChunkedArray:
    if kind == "number":
        return parse_numbers(column, decimal) if pa.types.is_string(column.type) else column
    if kind == "flag":
        return flag_numbers(column, parse_numbers(column, decimal))
    if kind == "class" and not any(has_blanks(chunk.dictionary) for chunk in column.chunks):
        return column
    return without_blanks(column.cast(pa.string())).cast(TYPES[kind])


@dataclass(frozen=True)
class _Text:
    block: Block
    layout: Layout
    text: TextLayout

    def __call__(self, positions: np.ndarray[Any, Any]) -> pd.DataFrame:
        kinds = {str(place): pa.string() for place in self.layout.features.values()}
        taken = parse_block(self.block, self.layout, self.text, kinds)[0].take(pa.array(positions))
        return pd.DataFrame({feature: taken[str(place)].to_pandas() for feature, place in self.layout.features.items()})
