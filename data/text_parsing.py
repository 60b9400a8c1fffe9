"""Text parsing: cells of text as numbers, and blocks of lines as Arrow tables."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv

from data.text_blocks import STAND_IN, Block

if TYPE_CHECKING:
    from data.layouts import Layout, TextLayout

MARK: Final = "\ufeff".encode()
NUMBER: Final = r"(?i)^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$|^[+-]?inf(inity)?$"


def without_blanks(column: pa.Array | pa.ChunkedArray) -> pa.Array | pa.ChunkedArray:
    """Null for a text that is not there."""
    return pc.if_else(_blank(column), None, column)


def has_blanks(column: pa.Array) -> bool:
    """Whether any text is not there."""
    return bool(pc.any(_blank(column)).as_py())


def _blank(column: pa.Array | pa.ChunkedArray) -> pa.Array | pa.ChunkedArray:
    return pc.equal(pc.utf8_trim_whitespace(column), "")


def parse_numbers(column: pa.Array | pa.ChunkedArray, decimal: str) -> pa.Array | pa.ChunkedArray:
    """Text to float64 with the number parser of the CSV reader; null where it is no number."""
    trimmed = pc.utf8_trim_whitespace(column)
    if decimal == ",":
        trimmed = pc.replace_substring(trimmed, ",", ".")
    numbers = pc.if_else(pc.match_substring_regex(trimmed, NUMBER), trimmed, None)
    return numbers.cast(pa.float64())


def parse_block(
    block: Block, layout: Layout, text: TextLayout, kinds: dict[str, pa.DataType]
) -> tuple[pa.Table, list[tuple[int, str, str]]]:
    """A block as a table of these columns, and its malformed lines; a column with a cell that is no number as text."""
    malformed: list[tuple[int, str, str]] = []
    aside = iter(block.aside)

    def skip(line: pyarrow.csv.InvalidRow) -> str:
        if line.text.startswith(STAND_IN.decode()):
            malformed.append((line.number - 1, *next(aside)))
        else:
            reason = f"{line.expected_columns} columns due, found {line.actual_columns}"  # in published files
            malformed.append((line.number - 1, reason, line.text))
        return "skip"

    kinds = dict(kinds)
    rows = MARK + block.rows if block.rows.startswith(MARK) else block.rows  # the reader takes one off
    while True:
        malformed.clear()
        aside = iter(block.aside)
        try:
            table = pyarrow.csv.read_csv(
                pa.BufferReader(rows),
                read_options=pyarrow.csv.ReadOptions(
                    column_names=[str(place) for place in range(len(layout.columns))],
                    use_threads=False,
                    block_size=len(rows) + 1,
                ),
                parse_options=pyarrow.csv.ParseOptions(
                    delimiter=text.separator, newlines_in_values=True, invalid_row_handler=skip
                ),
                convert_options=pyarrow.csv.ConvertOptions(
                    column_types=kinds, include_columns=list(kinds), decimal_point=text.decimal
                ),
            )
        except pa.ArrowInvalid as error:
            column = re.search(r"CSV column #(\d+)", str(error))
            if column is None or not pa.types.is_floating(kinds.get(column[1], pa.null())):
                raise
            kinds[column[1]] = pa.string()
        else:
            return table, malformed
