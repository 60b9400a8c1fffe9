"""Truth tables: the cells of a truth file, column by column as they stand in it, whatever kind of file it is."""

from __future__ import annotations

import io
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import pyarrow as pa
import pyarrow.csv

from data.cells import is_readable
from data.errors import ColumnError, TextError
from data.formats import foreign_format
from data.parquet_rows import open_parquet
from data.separators import SEPARATORS, cut_cells
from data.sources import unverified
from data.text import compression_of, open_plain, read_pieces, sniff_encoding
from data.truth_columns import tells_truth, truth_columns
from data.workbook import ENDING, read_workbook

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from data.heads import Expected
    from data.sources import Readable

HEAD: Final = 1 << 18
LARGEST: Final = 1 << 29  # bytes, unpacked: what is told is held in memory
CHUNK: Final = 1 << 17
MISREAD: Final = "\ufeff".encode().decode("cp1252")
NEEDS: Final = "a column called truth, and one called id or two called batch and row"


@dataclass(frozen=True, eq=False)
class TruthTable:
    """The cells of a file, column by column as text or as they are stored, not yet parsed."""

    names: Sequence[str]
    columns: Mapping[int, pa.ChunkedArray]
    """By their places; of Parquet those that the expected table and its truth have a use for."""
    decimal: str
    malformed: int = 0


def read_table(source: Readable, expected: Expected) -> TruthTable:
    """The names and cells of a truth file; TextError, ColumnError, ArrowException or OSError where it is none."""
    if _is_parquet(source):
        return _parquet(source, expected)
    return _workbook(source) if _is_workbook(source) else _text(source, expected)


def _is_parquet(source: Readable) -> bool:
    with source.open("rb") as file:
        return foreign_format(file.read(HEAD)) == "parquet"


def _parquet(source: Readable, expected: Expected) -> TruthTable:
    with open_parquet(source) as opened:
        names = opened.file.schema_arrow.names
        if len(set(names)) < len(names):
            message = f"two columns of one name; found {', '.join(names)[:200]}; rename one"
            raise ColumnError(message)
        found = truth_columns(names, expected, named=True)
        places = [*found.places.values(), *found.features.values()] if found else []
        used = {at: names[at] for at in sorted(places)}
        for at, name in used.items():
            _check_kind(name, opened.file.schema_arrow.field(at).type)
        _check_size(sum(group.chunks[name].unpacked for group in opened.footer.groups for name in used.values()))
        batches = [*opened.batches([*used.values()], CHUNK)] if used else []
        schema = opened.file.schema_arrow
        none = {at: pa.chunked_array([], schema.field(at).type) for at in used}
        columns = {at: pa.chunked_array([batch[name] for batch in batches]) for at, name in used.items()}
        return TruthTable(names, columns if batches else none, ".")


def _check_kind(name: str, kind: pa.DataType) -> None:
    if pa.types.is_nested(kind) or not is_readable(kind):
        message = f"no text or numbers in {name!r}; found the type {kind}; write it as text"
        raise ColumnError(message)


def _is_workbook(source: Readable) -> bool:
    return unverified(source).suffix.lower() == ENDING


def _workbook(source: Readable) -> TruthTable:
    rows = [*_rows_of_sheet(source)]
    if not rows:
        message = f"no truth file; found no row in its first sheet; it needs {NEEDS}"
        raise TextError(message)
    names, *body = rows
    whole = [[*row, *[""] * len(names)][: len(names)] for row in body]
    columns = zip(*whole, strict=True) if whole else [[] for _ in names]
    cells = {at: pa.chunked_array([pa.array(texts, pa.string())]) for at, texts in enumerate(columns)}
    return TruthTable(names, cells, ".")


def _rows_of_sheet(source: Readable) -> Iterator[list[str]]:
    return (row for row in read_workbook(unverified(source)) if any(map(str.strip, row)))


def read_names(source: Readable, expected: Expected) -> Sequence[str]:
    """The names of a file's columns, as its head says; errors as for `read_table`."""
    if _is_workbook(source):
        return next(_rows_of_sheet(source), [])
    if _is_parquet(source):
        with open_parquet(source) as opened:
            return list(opened.file.schema_arrow.names)
    head = next(_pieces(source), b"").decode(errors="backslashreplace")
    return _header(_reread(head), expected)[0]


def _text(source: Readable, expected: Expected) -> TruthTable:
    pieces: list[bytes] = []
    for piece in _pieces(source):
        pieces.append(piece)
        _check_size(sum(map(len, pieces)))
    text = _reread(b"".join(pieces).decode(errors="backslashreplace"))
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
    cells = dict(enumerate(table.columns))
    return TruthTable(names, cells, "," if separator == ";" else ".", len(malformed))


def _reread(text: str) -> str:
    """The text as it was before a spreadsheet took its UTF-8 for Windows-1252, as its mark shows; else as it is."""
    if MISREAD not in text[: len(MISREAD) + 1]:
        return text
    end = text.rfind("\n") + 1 or len(text)  # a head may end within a character
    with suppress(UnicodeError):
        return text[:end].encode("cp1252").decode("utf-8").replace("\ufeff", "", 1)
    return text.replace(MISREAD, "", 1)


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
