"""Sniffing: what kind of table a file is, read from its head alone."""

from __future__ import annotations

import zlib
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Final

import numpy as np
import pyarrow as pa

from data.cells import as_text, is_readable
from data.columns import resolve, state
from data.errors import ColumnError, SourceError, TextError
from data.formats import foreign_format, foreign_text
from data.headers import find_header, first_row
from data.heads import Columns, Expected, Head
from data.layouts import Layout, TextLayout
from data.parquet_rows import ParquetSource, open_parquet
from data.separators import SEPARATORS, cut_cells, find_separator, to_number
from data.text import WESTERN, Encoding, compression_of, open_plain, read_pieces, sniff_encoding
from data.text_blocks import whole_rows
from data.truth import Truth
from data.unknown import UNKNOWN

if TYPE_CHECKING:
    from collections.abc import Sequence

    from data.sources import Readable

HEAD_BYTES: Final = 1 << 18
HEAD_ROWS: Final = 1000
LONGEST_NAME: Final = 1000  # characters
LONGEST_CELL: Final = 1 << 14  # bytes, on average: longer ones are pictures, say, and none of ours
HEAD_CELLS: Final = 1 << 20
GUESSED: Final = "the text is not UTF-8 and was read as Windows-1252: look at the ids"
READ: Final = "give a CSV or Parquet file"
HOLD_NUMBERS: Final = (
    pa.types.is_integer,
    pa.types.is_floating,
    pa.types.is_decimal,
    pa.types.is_string,
    pa.types.is_large_string,
    pa.types.is_string_view,
    pa.types.is_null,
)

Choose = Callable[[Head], Columns]
"""Says which of the columns that a head has is which."""


def sniff(source: Readable, expected: Expected, stated: Sequence[str] | None = None) -> Layout:
    """Find out from the head of a file what it is; SourceError where it is no table of the expected kind.

    ``stated`` says what the columns are instead: for each, in the order of the file, a feature, truth, id or -.
    """
    return _refused(source, expected, lambda head: state(head, expected, stated) if stated else resolve(head, expected))


def look(source: Readable) -> Layout:
    """How a file is read of whose table nothing is known: none of its columns is anything yet.

    SourceError where it is no table at all.
    """
    return _refused(source, UNKNOWN, lambda _: Columns({}, None, (), None, "nothing is known of its columns"))


def _refused(source: Readable, expected: Expected, choose: Choose) -> Layout:
    """The layout; SourceError for what is raised where there is none."""
    try:
        return _sniff(source, expected, choose)
    except (ColumnError, TextError) as error:
        message = f"{source}: {error}"
        raise SourceError(message) from error
    except (OSError, EOFError, zlib.error) as error:
        reason = getattr(error, "strerror", None) or " ".join(str(error).split())
        message = f"{source}: cannot be read; {reason}; check the file and its permissions"
        raise SourceError(message) from error


def _sniff(source: Readable, expected: Expected, choose: Choose) -> Layout:
    with source.open("rb") as file:
        compression = compression_of(file.read(8))
    with open_plain(source, compression) as file:
        head = file.read(HEAD_BYTES)
    if not head.strip():
        message = f"an empty file; found no row; {READ} with rows"
        raise TextError(message)
    found = foreign_format(head)
    if found == "parquet" and compression is None:
        return _sniff_parquet(source, expected, choose)
    if found:
        message = f"not a table that is read here; found {found}; {READ}"
        raise TextError(message)
    return _sniff_text(source, head, sniff_encoding(source, head, compression), expected, choose)


def _sniff_parquet(source: Readable, expected: Expected, choose: Choose) -> Layout:
    try:
        with open_parquet(source) as opened:
            schema = opened.file.schema_arrow
            texts = _head_texts(opened)
    except TextError:
        raise
    except (pa.ArrowException, OSError, ValueError) as error:
        message = f"not a Parquet file that can be read; {' '.join(str(error).split())[:160]}; write it again"
        raise TextError(message) from error
    _check_names(schema.names, len(schema.names))
    head = _head(tuple(schema.names), texts, ".")
    columns = choose(head)
    used = {**columns.features, "truth": columns.label, "id": columns.identifier}
    for name, at in used.items():
        if at is not None:
            _check_field(name, schema.field(at), schema, any_kind=name not in expected.bounds)
    return _layout(head, columns, expected, None, "Parquet")


def _head_texts(opened: ParquetSource) -> list[list[str]]:
    """The first rows as text; blank in columns that could be none of ours."""
    schema = opened.file.schema_arrow
    counts = Counter(schema.names)  # which are made anew each time they are asked for
    names = [
        field.name
        for field in schema
        if is_readable(field.type) and counts[field.name] == 1 and opened.cell_bytes(field.name) <= LONGEST_CELL
    ]
    rows = min(HEAD_ROWS, HEAD_CELLS // max(1, len(names)))
    batch = next(opened.batches(names, rows), None)
    if batch is None:
        return []
    columns = {name: as_text(batch[name]).to_pylist() for name in names}
    blank = [""] * batch.num_rows
    rows_of = zip(*(columns.get(name, blank) for name in schema.names), strict=True)
    return [[cell or "" for cell in row] for row in rows_of]


def _check_field(name: str, field: pa.Field, schema: pa.Schema, *, any_kind: bool) -> None:
    kind = field.type.value_type if pa.types.is_dictionary(field.type) else field.type
    if schema.names.count(field.name) > 1:
        message = f"two columns called {field.name!r} for {name}; found {', '.join(schema.names)[:200]}; rename one"
        raise ColumnError(message)
    if pa.types.is_nested(kind) or not (any_kind or any(holds(kind) for holds in HOLD_NUMBERS)):
        message = f"no numbers or text for {name}; found {field.name!r} of type {kind}; write it as numbers"
        raise ColumnError(message)


def _sniff_text(source: Readable, head: bytes, encoding: Encoding, expected: Expected, choose: Choose) -> Layout:
    whole = len(head) < HEAD_BYTES
    text = next(read_pieces(source, encoding, HEAD_BYTES), b"").decode(errors="backslashreplace")
    lines = text.split("\n") if whole else text.split("\n")[:-1]
    lines = [line.strip("\r") for line in lines]
    found = foreign_text(text)
    if found:
        message = f"not a table that is read here; found {found}; {READ}"
        raise TextError(message)
    if not text.strip():
        message = f"an empty file; found no row; {READ} with rows"
        raise TextError(message)
    if not any(line.strip() for line in lines[: HEAD_ROWS + 20]):
        message = f"not a table; found no whole line in the first {HEAD_BYTES:,} bytes; {READ}"
        raise TextError(message)
    separator, decimal = find_separator(lines, expected)
    rows, first, width = _head_rows(lines[: HEAD_ROWS + 20], separator, decimal, expected)
    if not width:
        message = f"not a table; found no row of cells; {READ}"
        raise TextError(message)
    closed = not any(cells[-1].strip() for _, cells in rows[first:] if len(cells) == width)
    names, before, header = find_header([cells for _, cells in rows[:first]], width, decimal, expected, closed=closed)
    body = [cells for _, cells in rows[before:] if len(cells) == width]
    _check_names(names, width)
    skip = rows[before][0] if before < len(rows) else len(lines)
    read = _head(names, body, decimal)
    columns = choose(read)
    line_bytes = max(1, sum(len(line) for line in lines) // len(lines) + 1)
    described = f"text ({encoding}), separated by {SEPARATORS[separator]}"
    described += ", decimal comma" if decimal == "," else ""
    layout = _layout(
        read, columns, expected, TextLayout(encoding, separator, decimal, skip, line_bytes), f"{described}, {header}"
    )
    return replace(layout, remarks=(*layout.remarks, GUESSED)) if encoding.name == WESTERN else layout


def _check_names(names: Sequence[str], width: int) -> None:
    """TextError where there is not one name of a reasonable length for each column."""
    longest = max(names, key=len, default="")
    if len(longest) > LONGEST_NAME:
        found = f"found one of {len(longest):,} characters that begins {longest[:40]!r}"
        message = f"a column name of more than {LONGEST_NAME:,} characters; {found}; shorten it"
        raise TextError(message)
    if len(names) != width or not names:
        message = f"the header does not fit the rows; found {len(names)} names and {width} columns; repair the lines"
        raise TextError(message)


def _head_rows(
    lines: Sequence[str], separator: str, decimal: str, expected: Expected
) -> tuple[list[tuple[int, list[str]]], int, int]:
    """The rows that begin a text, each with the number of its line; which of them is the first of data; its width."""
    width = 0
    if any('"' in line for line in lines):  # cells may go on in the next line, as far as the rows then have their width
        rows = [(number, cut_cells(line, separator)) for number, line in enumerate(lines) if line.strip()]
        _, width = first_row(rows, decimal, expected)
    rows = [(number, cut_cells(row, separator)) for number, row in whole_rows(lines, separator, width)]
    if not rows:
        message = f"an empty file; found no row but blank ones; {READ} with rows"
        raise TextError(message)
    return (rows, *first_row(rows, decimal, expected))


def _layout(head: Head, columns: Columns, expected: Expected, text: TextLayout | None, how: str) -> Layout:
    truth = Truth.of(head.column(columns.label) if columns.label is not None else (), expected)
    return Layout(
        head.names, columns.features, columns.label, columns.one_hot, columns.identifier, truth, text,
        f"{how}; {columns.why}", columns.remarks,
    )  # fmt: skip


def _head(names: tuple[str, ...], rows: list[list[str]], decimal: str) -> Head:
    numbers = np.array([[to_number(cell, decimal) for cell in row] for row in rows], dtype=float)
    return Head(names, rows, numbers.reshape(len(rows), len(names)))
