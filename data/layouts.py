"""Layouts: what kind of table a file is, told from its head alone, and which of its columns is which."""

from __future__ import annotations

import csv
import re
import zlib
from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final, Literal

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from data.columns import ColumnError, Columns, Expected, Head, resolve, state
from data.formats import foreign_format, foreign_text
from data.text import Encoding, TextError, compression_of, open_plain, read_pieces, sniff_encoding
from data.truth import Truth

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

HEAD_BYTES: Final = 1 << 18
HEAD_ROWS: Final = 1000
MOST_PREAMBLE: Final = 3
SEPARATORS: Final = {",": "commas", ";": "semicolons", "\t": "tabs", " ": "blanks", "|": "bars"}
EMPTY: Final = {"", "?", "na", "n/a", "nan", "none", "null"}
ORANGE: Final = {"c", "d", "s", "t", "continuous", "discrete", "string", "time"}
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


class SourceError(ValueError):
    """An input that is refused: what is wrong, what was found, what to do."""


@dataclass(frozen=True)
class TextLayout:
    """How the lines of a text file are cut into cells, and how many of them come before the first row."""

    encoding: Encoding
    separator: str
    decimal: Literal[".", ","]
    skip: int
    line_bytes: int


@dataclass(frozen=True)
class Layout:
    """Which column of a file is which, by its place, and how it was told; `text` is None for Parquet."""

    columns: tuple[str, ...]
    features: Mapping[str, int]
    label: int | None
    one_hot: tuple[int, ...]
    identifier: int | None
    truth: Truth
    text: TextLayout | None
    why: str

    @property
    def ignored(self) -> tuple[str, ...]:
        """The columns that are none of ours, by name, or by number where they have none."""
        used = {*self.features.values(), *self.one_hot, self.label, self.identifier}
        return tuple(name or f"column {at + 1}" for at, name in enumerate(self.columns) if at not in used)

    @property
    def carries_truth(self) -> bool:
        """Whether rows say their class themselves."""
        return self.label is not None or bool(self.one_hot)


def sniff(source: Path, expected: Expected, stated: Sequence[str] | None = None) -> Layout:
    """Find out from the head of a file what it is; SourceError where it is no table of the expected kind.

    ``stated`` says what the columns are instead: for each, in the order of the file, a feature, truth, id or -.
    """
    try:
        return _sniff(source, expected, stated)
    except (ColumnError, TextError) as error:
        message = f"{source}: {error}"
        raise SourceError(message) from error
    except (OSError, EOFError, zlib.error) as error:
        reason = getattr(error, "strerror", None) or " ".join(str(error).split())
        message = f"{source}: cannot be read; {reason}; check the file and its permissions"
        raise SourceError(message) from error


def _sniff(source: Path, expected: Expected, stated: Sequence[str] | None) -> Layout:
    with source.open("rb") as file:
        compression = compression_of(file.read(8))
    with open_plain(source, compression) as file:
        head = file.read(HEAD_BYTES)
    if not head.strip():
        message = f"an empty file; found no row; {READ} with rows"
        raise TextError(message)
    found = foreign_format(head)
    if found == "parquet" and compression is None:
        return _sniff_parquet(source, expected, stated)
    if found:
        message = f"not a table that is read here; found {found}; {READ}"
        raise TextError(message)
    return _sniff_text(source, head, sniff_encoding(head, compression), expected, stated)


def _sniff_parquet(source: Path, expected: Expected, stated: Sequence[str] | None) -> Layout:
    try:
        with pq.ParquetFile(source, pre_buffer=False, buffer_size=1 << 20) as file:
            schema = file.schema_arrow
            nested = [field.name for field in schema if pa.types.is_nested(field.type)]
            flat = [name for name in schema.names if name not in nested and schema.names.count(name) == 1]
            batch = next(file.iter_batches(HEAD_ROWS, columns=flat), None)
    except (pa.ArrowException, OSError, ValueError) as error:
        message = f"not a Parquet file that can be read; {' '.join(str(error).split())[:160]}; write it anew"
        raise TextError(message) from error
    texts = [[""] * len(schema) for _ in range(batch.num_rows if batch else 0)]
    for place, name in enumerate(schema.names):
        if batch is not None and name in flat:
            for row, cell in zip(texts, batch[name].to_pylist(), strict=True):
                row[place] = "" if cell is None else str(cell)
    head = _head(tuple(schema.names), texts, ".")
    columns = _columns(head, expected, stated)
    used = {**columns.features, "truth": columns.label, "id": columns.identifier}
    for name, at in used.items():
        if at is not None:
            _check_field(name, schema.field(at), schema)
    return _layout(head, columns, expected, None, "Parquet")


def _check_field(name: str, field: pa.Field, schema: pa.Schema) -> None:
    kind = field.type.value_type if pa.types.is_dictionary(field.type) else field.type
    if schema.names.count(field.name) > 1:
        message = f"two columns called {field.name!r} for {name}; found {', '.join(schema.names)[:200]}; rename one"
        raise ColumnError(message)
    if pa.types.is_nested(kind) or (name not in ("truth", "id") and not any(holds(kind) for holds in HOLD_NUMBERS)):
        message = f"no numbers or text for {name}; found {field.name!r} of type {kind}; write it as numbers"
        raise ColumnError(message)


def _sniff_text(
    source: Path, head: bytes, encoding: Encoding, expected: Expected, stated: Sequence[str] | None
) -> Layout:
    whole = len(head) < HEAD_BYTES
    text = next(read_pieces(source, encoding, HEAD_BYTES), b"").decode(errors="replace")
    lines = text.split("\n") if whole else text.split("\n")[:-1]
    lines = [line.rstrip("\r") for line in lines]
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
    separator, decimal = _separator(lines, expected)
    rows = [(number, _cells(line, separator)) for number, line in enumerate(lines[: HEAD_ROWS + 20]) if line.strip()]
    first, width = _first_row(rows, decimal, expected)
    closed = not any(cells[-1].strip() for _, cells in rows[first:] if len(cells) == width)
    names, before, header = _header([cells for _, cells in rows[:first]], width, decimal, closed=closed)
    body = [cells for _, cells in rows[before:] if len(cells) == width]
    skip = rows[before][0] if before < len(rows) else len(lines)
    read = _head(names, body, decimal)
    columns = _columns(read, expected, stated)
    line_bytes = max(1, sum(len(line) for line in lines) // len(lines) + 1)
    described = f"text ({encoding}), separated by {SEPARATORS[separator]}"
    described += ", decimal comma" if decimal == "," else ""
    layout = TextLayout(encoding, separator, decimal, skip, line_bytes)
    return _layout(read, columns, expected, layout, f"{described}, {header}")


def _columns(head: Head, expected: Expected, stated: Sequence[str] | None) -> Columns:
    return state(head, expected, stated) if stated else resolve(head, expected)


def _layout(head: Head, columns: Columns, expected: Expected, text: TextLayout | None, how: str) -> Layout:
    truth = Truth.of(set(head.column(columns.label)) if columns.label is not None else (), expected)
    why = f"{how}; {columns.why}"
    return Layout(head.names, columns.features, columns.label, columns.one_hot, columns.identifier, truth, text, why)


def with_truth(layout: Layout, texts: set[str]) -> Layout:
    """The layout, its truth told by all the texts that occur in the label column."""
    return replace(layout, truth=Truth.of(texts, layout.truth.expected))


def _head(names: tuple[str, ...], rows: list[list[str]], decimal: str) -> Head:
    numbers = np.array([[_number(cell, decimal) for cell in row] for row in rows], dtype=float)
    return Head(names, rows, numbers.reshape(len(rows), len(names)))


def _cells(line: str, separator: str) -> list[str]:
    text = " ".join(line.split()) if separator == " " else line
    try:
        return next(csv.reader([text], delimiter=separator), [])
    except csv.Error:
        return []


def _number(cell: str, decimal: str) -> float:
    try:
        return float(cell.replace(",", ".") if decimal == "," else cell)
    except ValueError:
        return float("nan")


def _numbers(cells: Sequence[str], decimal: str) -> int:
    return sum(not np.isnan(_number(cell, decimal)) for cell in cells)


def _separator(lines: Sequence[str], expected: Expected) -> tuple[str, Literal[".", ","]]:
    """The separator, and the decimal sign, under which most lines are rows of numbers."""
    enough = len(expected.features) // 2 + 1
    sample = [line for line in lines[:200] if line.strip()]
    best: tuple[tuple[int, int, int], str, Literal[".", ","]] | None = None
    for separator in SEPARATORS:
        cut = [_cells(line, separator) for line in sample]
        signs: tuple[Literal[".", ","], ...] = (".",) if separator == "," else (".", ",")
        for decimal in signs:
            counts = [_numbers(cells, decimal) for cells in cut]
            widths = Counter(map(len, cut)).most_common(1)
            score = (sum(count >= enough for count in counts), sum(counts), widths[0][1] * (widths[0][0] > 1))
            if best is None or score > best[0]:
                best = (score, separator, decimal)
    assert best is not None
    return best[1], best[2]


def _first_row(rows: Sequence[tuple[int, list[str]]], decimal: str, expected: Expected) -> tuple[int, int]:
    """Which of the lines is the first row of data, and how many cells a row has."""
    enough = len(expected.features) // 2 + 1
    numeric = [at for at, (_, cells) in enumerate(rows) if _numbers(cells, decimal) >= enough and not _counts_up(cells)]
    if not numeric:
        return min(1, len(rows)), len(rows[0][1])
    width = Counter(len(rows[at][1]) for at in numeric).most_common(1)[0][0]
    return next(at for at in numeric if len(rows[at][1]) == width), width


def _counts_up(cells: Sequence[str]) -> bool:
    """Whether a line of numbers is a header: 0, 1, 2, ... or 1, 2, 3, ..."""
    counted = [str(number) for number in range(len(cells) + 1)]
    plain = [cell.strip() for cell in cells]
    return len(plain) > 1 and plain in (counted[:-1], counted[1:])


def _header(
    lines: Sequence[Sequence[str]], width: int, decimal: str, *, closed: bool
) -> tuple[tuple[str, ...], int, str]:
    """The columns' names, blank where there are none; how many lines are no rows; and what they are, in words.

    The rows are ``closed`` where each of them ends in a separator.
    """
    if len(lines) >= 3 and {cell.strip() for cell in lines[1]} <= ORANGE:  # noqa: PLR2004  names, types, roles
        return _names(lines[0], width, closed=closed), 3, "Orange's three header lines"
    for at, cells in enumerate(lines[: MOST_PREAMBLE + 1]):
        if _is_header(cells, width, decimal):
            return _names(cells, width, closed=closed), at + 1, f"a header after {at} other lines" if at else "a header"
    filled = [[cell for cell in cells if cell.strip()] for cells in lines]
    wide = next((cells for cells in filled if len(cells) > width // 2 and not _numbers(cells, decimal)), None)
    if wide is not None:
        message = f"the header does not fit the rows; found {len(wide)} names and {width} columns; mend the header line"
        raise TextError(message)
    preamble = next((at for at, cells in enumerate(filled) if len(cells) > width // 2), len(lines))
    if preamble > MOST_PREAMBLE:
        start = ",".join(lines[0])[:40]
        message = f"not a table; found {len(lines)} lines before the first row of numbers, {start!r} first; remove them"
        raise TextError(message)
    return ("",) * width, preamble, f"no header after {preamble} other lines" if preamble else "no header"


def _is_header(cells: Sequence[str], width: int, decimal: str) -> bool:
    named = (
        len(_trimmed(cells, width)) in (width, width - 1) and not {cell.strip().casefold() for cell in cells} <= EMPTY
    )
    return named and (_counts_up(cells) or not _numbers(cells, decimal))


def _trimmed(cells: Sequence[str], width: int) -> list[str]:
    names = list(cells)
    while len(names) > width and not names[-1].strip():
        names.pop()
    return names


def _names(cells: Sequence[str], width: int, *, closed: bool) -> tuple[str, ...]:
    names = [re.sub(r"\s+", " ", cell).strip() for cell in _trimmed(cells, width)]
    if len(names) == width:
        return tuple(names)
    return (*names, "") if closed else ("", *names)  # R leaves the row names' own name out
