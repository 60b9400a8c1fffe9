"""Layouts: what kind of table a file is, and which of its columns is which."""

from __future__ import annotations

import csv
import re
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal, Protocol

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

HEAD_BYTES: Final = 1 << 18


class SourceError(ValueError):
    """An input that is refused: what is wrong, what was found, what to do."""


class Expected(Protocol):
    """What a reader must know of the table it looks for; `schemas` has such tables."""

    @property
    def features(self) -> tuple[str, ...]: ...  # noqa: D102
    @property
    def label(self) -> str: ...  # noqa: D102
    @property
    def bounds(self) -> Mapping[str, tuple[float, float]]: ...  # noqa: D102
    @property
    def spellings(self) -> Mapping[str, tuple[str, ...]]: ...  # noqa: D102


@dataclass(frozen=True)
class Layout:
    """Where in a file the rows start and which column holds what, by the column's place."""

    kind: Literal["csv", "parquet"]
    columns: tuple[str, ...]  # as the file names them; made up where it does not
    features: Mapping[str, int]
    label: int | None
    identifier: int | None
    start: int = 0  # bytes before the first row of data
    line_bytes: int = 1

    @property
    def ignored(self) -> tuple[str, ...]:
        """The columns that are none of ours."""
        used = {*self.features.values(), self.label, self.identifier}
        return tuple(name for place, name in enumerate(self.columns) if place not in used)


def sniff(source: Path, expected: Expected) -> Layout:
    """Find out from the head of a file what it is; SourceError where it is no table of the expected kind."""
    try:
        with source.open("rb") as file:
            head = file.read(HEAD_BYTES)
    except OSError as error:
        message = f"{source}: cannot be read; {error.strerror}; check the path and its permissions"
        raise SourceError(message) from error
    if not head.strip():
        message = f"{source}: an empty file; found no row; give a CSV or Parquet file with rows"
        raise SourceError(message)
    return _sniff_parquet(source, expected) if head[:4] == b"PAR1" else _sniff_text(source, head, expected)


def normalize(name: str) -> str:
    """A column name with all that people vary taken out: case, accents' forms, quotes, blanks, punctuation."""
    return re.sub(r"[\W_]+", "", unicodedata.normalize("NFKC", name).casefold())


def resolve(names: Sequence[str], expected: Expected) -> dict[str, int]:
    """The place of each feature and of the label among the names, by name alone; those not found are left out."""
    known = {
        normalize(spelling): name
        for name in (*expected.features, expected.label)
        for spelling in (name, *expected.spellings.get(name, ()))
    }
    places: dict[str, int] = {}
    for place, name in enumerate(names):
        meaning = known.get(normalize(name))
        if meaning in places:
            message = f"two columns for {meaning}; found {names[places[meaning]]!r} and {name!r}; remove one"
            raise SourceError(message)
        if meaning is not None:
            places[meaning] = place
    return places


def _sniff_parquet(source: Path, expected: Expected) -> Layout:
    try:
        schema = pq.read_schema(source)
    except (pa.ArrowException, OSError) as error:
        message = f"{source}: not a readable Parquet file; {_one_line(error)}; write the file anew"
        raise SourceError(message) from error
    return _layout(source, "parquet", schema.names, expected)


def _sniff_text(source: Path, head: bytes, expected: Expected) -> Layout:
    try:
        text = head[: head.rfind(b"\n") + 1 or None].decode("utf-8-sig")
    except UnicodeDecodeError as error:
        message = f"{source}: no table; found bytes that are no text; give a CSV or Parquet file"
        raise SourceError(message) from error
    lines = text.splitlines(keepends=True)
    line_bytes = max(1, len(head) // len(lines))
    first = next(csv.reader(lines[:1]))
    if not any(_is_number(cell) for cell in first):
        start = len(head) - len(head.removeprefix(b"\xef\xbb\xbf")) + len(lines[0].encode())
        return _layout(source, "csv", first, expected, start, line_bytes)
    columns = _headerless(source, list(csv.reader(lines[:1000])), expected)
    return _layout(source, "csv", columns, expected, 0, line_bytes)


def _headerless(source: Path, rows: list[list[str]], expected: Expected) -> tuple[str, ...]:
    """Names for the columns of the layout UCI ships, class first and no header, if the values bear it out."""
    columns = (expected.label, *expected.features)
    if len(rows[0]) == len(columns):
        bounds = np.array([expected.bounds[name] for name in expected.features])
        cells = np.array([[_number(cell) for cell in row[1:]] for row in rows if len(row) == len(columns)])
        if (((cells >= bounds[:, 0]) & (cells <= bounds[:, 1])).all(axis=1)).mean() > 0.9:  # noqa: PLR2004
            return columns
    message = (
        f"{source}: no header, and not the layout class, {', '.join(expected.features)}; "
        f"found {len(rows[0])} columns, the first row {','.join(rows[0])[:60]}; add a header line"
    )
    raise SourceError(message)


def _layout(
    source: Path,
    kind: Literal["csv", "parquet"],
    columns: Sequence[str],
    expected: Expected,
    start: int = 0,
    line_bytes: int = 1,
) -> Layout:
    try:
        places = resolve(columns, expected)
    except SourceError as error:
        message = f"{source}: {error}"
        raise SourceError(message) from None
    missing = [name for name in expected.features if name not in places]
    if missing:
        message = f"{source}: columns missing: {', '.join(missing)}; found {_listed(columns)}; add or rename them"
        raise SourceError(message)
    identifiers = [place for place, name in enumerate(columns) if normalize(name) == "id"]
    return Layout(
        kind,
        tuple(columns),
        {name: places[name] for name in expected.features},
        places.get(expected.label),
        identifiers[0] if identifiers else None,
        start,
        line_bytes,
    )


def _listed(columns: Sequence[str], most: int = 20) -> str:
    shown = ", ".join(repr(name) for name in columns[:most])
    return shown + (f" and {len(columns) - most} more" if len(columns) > most else "")


def _one_line(error: Exception) -> str:
    return " ".join(str(error).split())[:200]


def _number(cell: str) -> float:
    try:
        return float(cell)
    except ValueError:
        return float("nan")


def _is_number(cell: str) -> bool:
    return not np.isnan(_number(cell))
