"""Inferred looks: what a column looks like that cannot be read as it stands, for a person to clean."""

from __future__ import annotations

import math
import re
from collections import Counter
from typing import TYPE_CHECKING, Final

from data.separators import to_number

if TYPE_CHECKING:
    from collections.abc import Iterator

    from data.profiles import Profile

MOSTLY: Final = 0.8  # of the rows
EXACT: Final = 1 << 53  # beyond which whole numbers are no longer told apart
NUMBER: Final = r"\d+(?:[.,' ]\d+)*"
MEASURED: Final = re.compile(rf"([$€£¥]?)\s*[+-]?\s*{NUMBER}\s*(%|[$€£¥]|[^\W\d_]{{1,4}}(?:/[^\W\d_]{{1,4}})?)?")
THOUSANDS: Final = re.compile(r"\d[,' ]\d{3}")
CLEAN: Final = "clean the column if it is a number"
MARK: Final = re.compile(r"[+-]?9+(?:\.0*)?|-1(?:\.0*)?")
"""Numbers that are often written for a value that is missing."""


def looks_like_numbers(column: Profile) -> Iterator[str]:
    """What says that texts are numbers but for signs, units or a few other texts; nothing where they are not."""
    signed = _commonest_sign(column)
    if column.numbers == column.present or column.padded:
        return
    if signed and signed + column.numbers >= MOSTLY * column.present:
        yield f"numbers with a sign or a unit in {signed:,} of {column.present:,} rows: {CLEAN}"
    elif column.numbers >= MOSTLY * column.present:
        others = ", ".join(repr(text) for text in column.levels if _is_odd(text))
        yield f"numbers in {column.numbers:,} of {column.present:,} rows, the others {others:.80}: {CLEAN}"


def _commonest_sign(column: Profile) -> int:
    """How many rows have a number with one and the same sign or unit, or with separators between thousands."""
    signs = Counter[tuple[str, str]]()
    for text, count in column.levels.items():
        found = MEASURED.fullmatch(text) if _is_odd(text) else None
        if found and (found[1] or found[2] or THOUSANDS.search(text)):
            signs[found[1], found[2] or ""] += count
    return max(signs.values(), default=0)


def _is_odd(text: str) -> bool:
    return math.isnan(to_number(text, "."))


def looks_like_marks(column: Profile) -> Iterator[str]:
    """What says that a number far from all others stands for a missing value; nothing where none does."""
    numbers = sorted((to_number(text, "."), text) for text in column.levels if not _is_odd(text))
    for (mark, text), (nearest, _), (farthest, _) in _ends(numbers):
        if MARK.fullmatch(text) and abs(nearest - mark) > abs(farthest - nearest):
            rows = f"{column.levels[text]:,} of {column.present:,} rows"
            yield f"{text} in {rows} is far from all others: empty these cells if it stands for a missing value"


def _ends(numbers: list[tuple[float, str]]) -> Iterator[list[tuple[float, str]]]:
    """The least number and the greatest, each with its neighbour and the number farthest from it."""
    if len(numbers) > 3:  # noqa: PLR2004  among fewer none is far from the others
        yield [numbers[0], numbers[1], numbers[-1]]
        yield [numbers[-1], numbers[-2], numbers[0]]


def looks_like_names(column: Profile) -> Iterator[str]:
    """What says that numbers name something: whole ones too large to be told apart; nothing where they are not."""
    if column.whole and max(abs(column.minimum), abs(column.maximum)) > EXACT:
        yield "whole numbers too large to be told apart: put them under ignored if they name something"
