"""Headers: which lines of a text are names, rows or neither."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING, Final

from data.column_names import known_names
from data.errors import TextError
from data.label_names import label_rank
from data.separators import EMPTY, count_numbers, count_values, enough_values, level_texts

if TYPE_CHECKING:
    from collections.abc import Sequence

    from data.heads import Expected

MOST_PREAMBLE: Final = 3
FEWEST_BESIDE_WORDS: Final = 3
ORANGE: Final = {"c", "d", "s", "t", "continuous", "discrete", "string", "time"}


def first_row(rows: Sequence[tuple[int, list[str]]], decimal: str, expected: Expected) -> tuple[int, int]:
    """Which of the lines is the first row of data, and how many cells a row has."""
    if not expected.features and _is_header([cells for _, cells in rows], decimal, expected):
        return 1, len(rows[0][1])
    enough, levels = enough_values(expected), level_texts(expected)
    numeric = [
        at
        for at, (_, cells) in enumerate(rows)
        if count_values(cells, decimal, levels) >= enough
        and not _counts_up(cells)
        and not (at <= MOST_PREAMBLE and expected.features and known_names(cells, expected) >= enough)
    ]
    if not numeric:
        named = expected.features or not _recurs(_columns([cells for _, cells in rows]))
        return min(1, len(rows)) if named else 0, len(rows[0][1])
    width = Counter(len(rows[at][1]) for at in numeric).most_common(1)[0][0]
    return next(at for at in numeric if len(rows[at][1]) == width), width


def _is_header(rows: Sequence[Sequence[str]], decimal: str, expected: Expected) -> bool:
    """Whether the first line names the columns, one of them as a label is called, or most of the numbers by words."""
    columns = _columns(rows)
    called = any(label_rank(name, expected) is not None and name not in cells for name, *cells in columns)
    over = [name for name, *cells in columns if _all_numbers(cells, decimal)]
    words = sum(name.strip().casefold() not in EMPTY and not count_numbers([name], decimal) for name in over)
    return called or words > len(over) / 2


def _recurs(columns: Sequence[Sequence[str]]) -> bool:
    """Whether most cells of the first line occur again in their columns, as those of a row of words do."""
    return sum(name in cells for name, *cells in columns) > len(columns) / 2


def _columns(rows: Sequence[Sequence[str]]) -> list[tuple[str, ...]]:
    """The columns of the rows that are as long as the first."""
    return [*zip(*(cells for cells in rows if len(cells) == len(rows[0])), strict=True)]


def _all_numbers(cells: Sequence[str], decimal: str) -> bool:
    filled = [cell for cell in cells if cell.strip().casefold() not in EMPTY]
    return bool(filled) and count_numbers(filled, decimal) == len(filled)


def _counts_up(cells: Sequence[str]) -> bool:
    """Whether a line is a header that counts: 0, 1, 2, ... or 1, 2, 3, ..., perhaps with a word for the label."""
    filled = [plain for cell in cells if (plain := cell.strip())]
    if "1" not in filled or ("0" not in filled and "2" not in filled):
        return False
    numbers = [cell for cell in filled if count_numbers([cell], ".")]
    counted = [str(number) for number in range(len(numbers) + 1)]
    fewest = FEWEST_BESIDE_WORDS if len(numbers) < len(filled) else 2
    return len(numbers) >= fewest and numbers in (counted[:-1], counted[1:])


def find_header(
    lines: Sequence[Sequence[str]], width: int, decimal: str, expected: Expected, *, closed: bool
) -> tuple[tuple[str, ...], int, str]:
    """The columns' names, blank where there are none; how many lines are no rows; and what they are, in words.

    Of several lines that could be the header it is the one with the most names that are known, which may come after
    any number of lines. The rows are ``closed`` where each of them ends in a separator.
    """
    if len(lines) >= 3 and {cell.strip() for cell in lines[1]} <= ORANGE:  # noqa: PLR2004  names, types, roles
        return _names(lines[0], width, closed=closed), 3, "Orange's three header lines"
    enough = enough_values(expected)
    known = {
        at: count
        for at, cells in enumerate(lines)
        if _fits(cells, width)
        and (
            (count := known_names(cells, expected)) >= enough
            or _counts_up(cells)
            or not count_numbers(cells, decimal)
            or not expected.features
        )
    }
    at = max(known, key=lambda at: (known[at], -at), default=None)
    if at is not None and (at <= MOST_PREAMBLE or known[at] >= enough):
        return _names(lines[at], width, closed=closed), at + 1, f"a header after {_others(at)}" if at else "a header"
    return _stacked(lines, width, expected) or _no_header(lines, width, decimal)


def _stacked(lines: Sequence[Sequence[str]], width: int, expected: Expected) -> tuple[tuple[str, ...], int, str] | None:
    """Names that stand one below the other, a line for each column."""
    texts = [" ".join(" ".join(cells).split()) for cells in lines]
    known = {start: known_names(texts[start : start + width], expected) for start in range(len(texts) - width + 1)}
    start = max(known, key=lambda start: known[start], default=0)
    if known.get(start, 0) < enough_values(expected):
        return None
    after = f" after {_others(start)}" if start else ""
    return tuple(texts[start : start + width]), start + width, f"{width} names, one a line{after}"


def _no_header(lines: Sequence[Sequence[str]], width: int, decimal: str) -> tuple[tuple[str, ...], int, str]:
    filled = [[cell for cell in cells if cell.strip()] for cells in lines]
    wide = next((cells for cells in filled if len(cells) > width // 2 and not count_numbers(cells, decimal)), None)
    if wide is not None:
        message = (
            f"the header does not fit the rows; found {len(wide)} names and {width} columns; repair the header line"
        )
        raise TextError(message)
    preamble = next((at for at, cells in enumerate(filled) if len(cells) > width // 2), len(lines))
    if preamble > MOST_PREAMBLE:
        start = ",".join(lines[0])[:40]
        message = f"not a table; found {len(lines)} lines before the first row of numbers, {start!r} first; remove them"
        raise TextError(message)
    return ("",) * width, preamble, f"no header after {_others(preamble)}" if preamble else "no header"


def _others(lines: int) -> str:
    return "1 other line" if lines == 1 else f"{lines} other lines"


def _fits(cells: Sequence[str], width: int) -> bool:
    """Whether a line has a name for each column, or for each but the row names."""
    return (
        len(_trimmed(cells, width)) in (width, width - 1) and not {cell.strip().casefold() for cell in cells} <= EMPTY
    )


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
