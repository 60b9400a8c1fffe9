"""Truth files: tables that say of rows labelled elsewhere what they truly are, by id or by batch and row."""

from __future__ import annotations

import io
import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import pyarrow as pa
import pyarrow.csv

from data.cells import as_numbers, as_text
from data.errors import ColumnError, SourceError, TextError
from data.formats import foreign_format
from data.headers import SEPARATORS, cut_cells
from data.parquet_rows import open_parquet
from data.text import compression_of, open_plain, read_pieces, sniff_encoding
from data.text_parsing import parse_numbers
from data.truth import Truth
from data.truth_columns import TruthColumns, tells_truth, truth_columns

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from data.heads import Expected
    from data.sources import Readable

HEAD: Final = 1 << 18
LARGEST: Final = 1 << 29  # bytes, unpacked: what is told is held in memory
CHUNK: Final = 1 << 17
NEEDS: Final = "a column called truth, and one called id or two called batch and row"


@dataclass(frozen=True, eq=False)
class TruthFile:
    """What a truth file tells: ``cells`` has text under `truth`, `id`, `batch`, ... and the features as numbers.

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


@dataclass(frozen=True, eq=False)
class _Table:
    """The cells of a file, column by column as text or as they are stored, not yet parsed."""

    names: Sequence[str]
    columns: pa.Table
    decimal: str
    malformed: int = 0


def is_truth_file(source: Readable, expected: Expected) -> bool:
    """Whether a file's columns are those of a truth file and not of a table to be labelled, as its head shows."""
    try:
        return tells_truth(_names(source, expected), expected)
    except (SourceError, TextError, ColumnError, pa.ArrowException, OSError, EOFError, ValueError, zlib.error):
        return False


def read_truth(source: Readable, expected: Expected) -> TruthFile:
    """All that a truth file tells; SourceError where it is none or cannot be read."""
    try:
        return _read(source, expected)
    except (TextError, ColumnError) as error:
        message = f"{source}: {error}"
        raise SourceError(message) from error
    except (pa.ArrowException, OSError, EOFError, zlib.error) as error:
        reason = " ".join(str(error).split())[:200]
        message = f"{source}: cannot be read as truth; {reason}; write the file again"
        raise SourceError(message) from error


def _read(source: Readable, expected: Expected) -> TruthFile:
    table = _parquet(source) if _is_parquet(source) else _text(source, expected)
    found = truth_columns(table.names, expected)
    if found is None:
        shown = ", ".join(map(repr, table.names[:20]))
        message = f"no truth file; found the columns {shown}; it needs {NEEDS}"
        raise ColumnError(message)
    cells = _cells(table, found)
    counts = cells["truth"].value_counts().to_pylist()
    texts = {each["values"].strip(): each["counts"] for each in counts if each["values"] and each["values"].strip()}
    rows = cells.num_rows + table.malformed
    return TruthFile(cells, Truth.of(texts, expected), rows, table.malformed)


def _cells(table: _Table, found: TruthColumns) -> pa.Table:
    text = {name: _as(as_text, table.columns.column(at)) for name, at in found.places.items()}
    numbers = {name: _numbers(table.columns.column(at), table.decimal) for name, at in found.features.items()}
    return pa.table(text | numbers)


def _as(convert: Any, column: pa.ChunkedArray) -> pa.ChunkedArray:
    chunks = [convert(chunk) for chunk in column.chunks]
    return pa.chunked_array(chunks or [convert(pa.array([], column.type))])


def _numbers(column: pa.ChunkedArray, decimal: str) -> pa.ChunkedArray:
    return parse_numbers(column, decimal) if pa.types.is_string(column.type) else _as(as_numbers, column)


def _is_parquet(source: Readable) -> bool:
    with source.open("rb") as file:
        return foreign_format(file.read(HEAD)) == "parquet"


def _parquet(source: Readable) -> _Table:
    with open_parquet(source) as opened:
        names = opened.file.schema_arrow.names
        if len(set(names)) < len(names):
            message = f"two columns of one name; found {', '.join(names)[:200]}; rename one"
            raise ColumnError(message)
        _check_size(sum(chunk.unpacked for group in opened.footer.groups for chunk in group.chunks.values()))
        batches = [*opened.batches(names, CHUNK)]
        return _Table(names, pa.Table.from_batches(batches, None if batches else opened.file.schema_arrow), ".")


def _names(source: Readable, expected: Expected) -> Sequence[str]:
    if _is_parquet(source):
        with open_parquet(source) as opened:
            return list(opened.file.schema_arrow.names)
    head = next(_pieces(source), b"").decode(errors="backslashreplace")
    return _header(head, expected)[0]


def _text(source: Readable, expected: Expected) -> _Table:
    pieces: list[bytes] = []
    for piece in _pieces(source):
        pieces.append(piece)
        _check_size(sum(map(len, pieces)))
    text = b"".join(pieces).decode(errors="backslashreplace")
    names, separator, start = _header(text, expected)
    malformed: list[int] = []

    def skip(_row: pa.csv.InvalidRow) -> str:
        malformed.append(1)
        return "skip"

    columns = [str(at) for at in range(len(names))]
    body = text[start:].encode()
    if not body.strip():
        table = pa.table({name: pa.array([], pa.string()) for name in columns})
    else:
        table = pa.csv.read_csv(
            pa.BufferReader(body),
            pa.csv.ReadOptions(column_names=columns),
            pa.csv.ParseOptions(delimiter=separator, newlines_in_values=True, invalid_row_handler=skip),
            pa.csv.ConvertOptions(column_types=dict.fromkeys(columns, pa.string()), strings_can_be_null=False),
        )
    return _Table(names, table, "," if separator == ";" else ".", len(malformed))


def _pieces(source: Readable) -> Iterator[bytes]:
    with source.open("rb") as file:
        compression = compression_of(file.read(8))
    with open_plain(source, compression) as file:
        head = file.read(HEAD)
    if found := foreign_format(head):
        message = f"no truth file; found {found}; give text or Parquet"
        raise TextError(message)
    return read_pieces(source, sniff_encoding(source, head, compression))


def _header(text: str, expected: Expected) -> tuple[Sequence[str], str, int]:
    """The names, the separator, and where the first row begins; of separators the one that makes a truth file."""
    start = 0
    for line in io.StringIO(text):
        start += len(line)
        if line.strip(" \t\r\n,;|"):
            cuts = [([*cut_cells(line.strip("\r\n"), each)], each, start) for each in SEPARATORS if each != " "]
            return next((cut for cut in cuts if tells_truth(cut[0], expected)), max(cuts, key=lambda cut: len(cut[0])))
    message = f"no truth file; found no line in it; it needs {NEEDS}"
    raise TextError(message)


def _check_size(size: int) -> None:
    if size > LARGEST:
        message = f"too large; found {size:,} bytes or more, {LARGEST:,} at most; split it"
        raise TextError(message)
