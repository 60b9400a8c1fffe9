"""Truth files: tables that say of rows labelled elsewhere what they truly are, by id or by batch and row."""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.compute

from data.cells import as_numbers, as_text
from data.errors import ColumnError, SourceError, TextError
from data.spreadsheet import GUARD, plain
from data.text_parsing import parse_numbers
from data.truth import Truth
from data.truth_columns import TruthColumns, tells_truth, truth_columns
from data.truth_tables import NEEDS, TruthTable, read_names, read_table

if TYPE_CHECKING:
    from data.heads import Expected
    from data.sources import Readable


@dataclass(frozen=True, eq=False)
class TruthFile:
    """What a truth file tells: ``cells`` has text under `truth`, `id`, ..., and features: numbers, categories as text.

    ``rows`` are all its rows, ``malformed`` how many of them are none.
    """

    cells: pa.Table
    truth: Truth
    rows: int
    malformed: int

    def text(self, name: str) -> pa.ChunkedArray:
        """The texts of a column, trimmed, null where a cell or the column is blank."""
        if name not in self.cells.column_names:
            return pa.chunked_array([pa.nulls(self.cells.num_rows, pa.string())])
        trimmed = pa.compute.utf8_trim_whitespace(self.cells[name])
        return pa.compute.if_else(pa.compute.equal(trimmed, ""), None, trimmed)


def is_truth_file(source: Readable, expected: Expected) -> bool:
    """Whether a file's columns are those of a truth file and not of a table to be labelled, as its head shows."""
    try:
        return tells_truth(read_names(source, expected), expected)
    except (SourceError, TextError, ColumnError, pa.ArrowException, OSError, EOFError, ValueError, zlib.error):
        return False


def read_truth(source: Readable, expected: Expected, *, named: bool = False) -> TruthFile:
    """All that a truth file tells, of a batch that is ``named`` elsewhere or not; SourceError where it is none."""
    try:
        return _read(source, expected, named=named)
    except (TextError, ColumnError) as error:
        message = f"{source}: {error}"
        raise SourceError(message) from error
    except (pa.ArrowException, OSError, EOFError, zlib.error) as error:
        reason = " ".join(str(error).split())[:200]
        message = f"{source}: cannot be read as truth; {reason}; write the file again"
        raise SourceError(message) from error


def _read(source: Readable, expected: Expected, *, named: bool) -> TruthFile:
    table = read_table(source, expected)
    found = truth_columns(table.names, expected, named=named)
    if found is None:
        shown = ", ".join(map(repr, table.names[:20]))
        message = f"no truth file; found the columns {shown}; it needs {NEEDS}"
        raise ColumnError(message)
    cells = _cells(table, found, expected)
    if "row" in found.places:  # a sheet, in which cells may be guarded
        cells = _unguarded(cells, found)
    counts = cells["truth"].value_counts().to_pylist()
    texts = {each["values"].strip(): each["counts"] for each in counts if each["values"] and each["values"].strip()}
    rows = cells.num_rows + table.malformed
    return TruthFile(cells, Truth.of(texts, expected), rows, table.malformed)


def _cells(table: TruthTable, found: TruthColumns, expected: Expected) -> pa.Table:
    text = {name: _as(as_text, table.columns[at]) for name, at in found.places.items()}
    features = {
        name: _as(as_text, table.columns[at])
        if name in expected.categories
        else _numbers(table.columns[at], table.decimal)
        for name, at in found.features.items()
    }
    return pa.table(text | features)


def _unguarded(cells: pa.Table, found: TruthColumns) -> pa.Table:
    for name in (*found.places, *found.features):
        column = cells[name]
        if pa.types.is_string(column.type) and pa.compute.any(pa.compute.starts_with(column, GUARD)).as_py():
            texts = [cell and plain(cell) for cell in column.to_pylist()]
            cells = cells.set_column(
                cells.column_names.index(name), name, pa.chunked_array([pa.array(texts, pa.string())])
            )
    return cells


def _as(convert: Any, column: pa.ChunkedArray) -> pa.ChunkedArray:
    chunks = [convert(chunk) for chunk in column.chunks]
    return pa.chunked_array(chunks or [convert(pa.array([], column.type))])


def _numbers(column: pa.ChunkedArray, decimal: str) -> pa.ChunkedArray:
    if pa.types.is_string(column.type):
        return parse_numbers(pa.compute.utf8_ltrim(column, GUARD), decimal)
    return _as(as_numbers, column)
