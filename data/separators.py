"""Separators: how the lines of a text are cut into cells, and which cells are values."""

from __future__ import annotations

import csv
from collections import Counter
from typing import TYPE_CHECKING, Final, Literal

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from data.heads import Expected

SEPARATORS: Final = {",": "commas", ";": "semicolons", "\t": "tabs", " ": "blanks", "|": "bars"}
EMPTY: Final = {"", "?", "na", "n/a", "nan", "none", "null"}


def cut_cells(line: str, separator: str) -> list[str]:
    """The cells of a line; none where its quotes do not fit."""
    text = " ".join(line.split()) if separator == " " else line
    try:
        return next(csv.reader([text], delimiter=separator), [])
    except csv.Error:
        return []


def to_number(cell: str, decimal: str) -> float:
    """The number in a cell; NaN where it holds none."""
    try:
        return float(cell.replace(",", ".") if decimal == "," else cell)
    except ValueError:
        return float("nan")


def count_numbers(cells: Sequence[str], decimal: str) -> int:
    """How many cells hold numbers."""
    return sum(not np.isnan(to_number(cell, decimal)) for cell in cells)


def count_values(cells: Sequence[str], decimal: str, levels: frozenset[str]) -> int:
    """How many cells are numbers, or levels of a category."""
    return count_numbers(cells, decimal) + sum(cell.strip().casefold() in levels for cell in cells if levels)


def level_texts(expected: Expected) -> frozenset[str]:
    """The levels of all categories that are no numbers."""
    texts = {text.casefold() for category in expected.categories.values() for text in category.levels}
    return frozenset(text for text in texts if not count_numbers([text], "."))


def enough_values(expected: Expected) -> int:
    """How many values make a row: more than half of its features."""
    return len(expected.features) // 2 + 1


def find_separator(lines: Sequence[str], expected: Expected) -> tuple[str, Literal[".", ","]]:
    """The separator, and the decimal sign, under which most lines are rows of numbers or levels."""
    enough, levels = enough_values(expected), level_texts(expected)
    sample = [line for line in lines if line.strip()][:200]
    best: tuple[tuple[int, bool, int, int], str, Literal[".", ","]] | None = None
    for separator in SEPARATORS:
        cut = [cut_cells(line, separator) for line in sample]
        signs: tuple[Literal[".", ","], ...] = (".",) if separator == "," else (".", ",")
        for decimal in signs:
            counts = [count_values(cells, decimal, levels) for cells in cut]
            widths = Counter(map(len, cut)).most_common(1)
            rows = 0 if _is_within_cells(separator, sample, decimal) else sum(count >= enough for count in counts)
            # A blank is in cells as well, so it separates only where no other separator does as well.
            score = (rows, separator != " ", sum(counts), widths[0][1] * (widths[0][0] > 1))
            if best is None or score > best[0]:
                best = (score, separator, decimal)
    assert best is not None
    return best[1], best[2]


def _is_within_cells(separator: str, lines: Sequence[str], decimal: str) -> bool:
    """Whether a blank or a comma stands within cells of most lines, as between words or in a decimal number."""
    within = {" ": _are_blanks_within, ",": _are_commas_within}.get(separator)
    return within is not None and sum(within(line, decimal) for line in lines) > len(lines) / 2


def _are_blanks_within(line: str, decimal: str) -> bool:
    """Whether the text between two blanks, of which a tab is one, is cut by another separator."""
    words = [cell for cell in cut_cells(line, " ") if not count_numbers([cell], decimal)]
    tabbed = cut_cells(line, "\t") if "\t" in line else []
    return any(_is_cut(word) for word in words) or (len(tabbed) > 1 and not any(map(_is_two_numbers, tabbed)))


def _are_commas_within(line: str, _: str) -> bool:
    """Whether the text between two commas is two numbers, which are then halves of decimal ones."""
    return any(map(_is_two_numbers, cut_cells(line, ",")))


def _is_cut(word: str) -> bool:
    return not SEPARATORS.keys().isdisjoint(word)


def _is_two_numbers(cell: str) -> bool:
    parts = cell.split()
    return len(parts) > 1 and count_numbers(parts, ".") == len(parts)
