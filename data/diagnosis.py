"""Diagnosis: what a table that cannot be right looks like, so that a refusal can say so."""

from __future__ import annotations

import re
from itertools import permutations
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from data.column_names import normalize
from data.truth import MISSING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from data.heads import Expected, Head

MOST: Final = 0.8
FEWEST_ROWS: Final = 5
MONTH: Final = r"[^\W\d_]{3,9}\.?"
DATE: Final = re.compile(
    rf"\d{{4}}[-/.]\d{{1,2}}[-/.]\d{{1,2}}([ T].*)?|\d{{1,2}}[-/.]\d{{1,2}}[-/.]\d{{2,4}}( .*)?"
    rf"|\d{{1,2}}[-/. ]\s?{MONTH}([-/. ]\s?\d{{2,4}})?|{MONTH}[-/. ]\s?\d{{1,4}}"
)
MEASURED: Final = re.compile(r"[<>~]?\s*[+-]?\d+(?:[.,]\d+)?\s*(?:[%‰°]|[^\W\d_]+)[^\d]*\d?")
CELLS: Final = ((DATE, "dates where numbers were (a spreadsheet's doing?)"), (MEASURED, "units beside the numbers"))
LOST: Final = (10, 100, 1000)
SMALLER: Final = (1e-1, 1e-2, 1e-3)
SERIALS: Final = (20_000, 60_000)  # Excel's numbers of the days from 1954 to 2064


@np.errstate(over="ignore", invalid="ignore")  # of numbers that no quantity is measured in
def diagnose(head: Head, places: Mapping[str, int], expected: Expected) -> str | None:
    """What the first rows of a table look like, given where the features would stand; None if like nothing."""
    plain, numbers = {normalize(name) for name in head.names}, head.numbers
    for other, known in expected.lookalikes.items():
        if len(plain & {normalize(name) for name in known}) >= len(known) - 1:
            return f"it looks like {other}, which is another table"
    if len(numbers) < FEWEST_ROWS:
        return None
    at = {name: place for name, place in places.items() if name in expected.bounds}
    filled = numbers[:, np.isfinite(numbers).mean(axis=0) >= MOST]
    return (
        (_scaled(filled) if filled.shape[1] else None)
        or odd_cells(head, at, expected)
        or without_numbers(head, at, expected)
        or _shifted(numbers, at, expected)
        or _zeros(numbers, at)
        or _swapped(numbers, at, expected)
        or _decimals(numbers, at, expected)
        or _worst(numbers, at, expected)
        or _no_levels(head, places, expected)
    )


def odd_cells(head: Head, at: Mapping[str, int], expected: Expected) -> str | None:
    """What stands in the features' columns in place of numbers, where that is in many of the rows: units, or dates."""
    at = {name: place for name, place in at.items() if name in expected.bounds}
    texts = {name: _texts(head, place) for name, place in at.items()}
    for matches, what in CELLS:
        odd = {name: [cell for cell in cells if matches.fullmatch(cell)] for name, cells in texts.items()}
        many = {name: cells for name, cells in odd.items() if len(cells) >= max(1, (1 - MOST) * len(head.texts))}
        if many:
            example = next(iter(many.values()))[0]
            return f"{', '.join(many)} {'holds' if len(many) == 1 else 'hold'} {what}, {example!r} for one"
    return _serials(head.numbers, at, expected)


def without_numbers(head: Head, at: Mapping[str, int], expected: Expected) -> str | None:
    """The column that most rows have no number in, though they need one, and what they have there."""
    needed = {name: place for name, place in at.items() if name in expected.bounds.keys() - expected.may_be_missing}
    missing = {name: float(np.isnan(head.numbers[:, place]).mean()) for name, place in needed.items()}
    worst = max(missing, key=lambda name: missing[name], default=None)
    if worst is None or missing[worst] <= 1 / 2:
        return None
    filled = _texts(head, at[worst])
    holds = f"text, {filled[0]!r} for one" if filled else "nothing"
    return f"{worst} holds {holds}, in {missing[worst]:.0%} of the rows"


def _texts(head: Head, place: int) -> list[str]:
    """The cells of a column that hold something and no number."""
    cells = zip(head.column(place), np.isnan(head.numbers[:, place]), strict=True)
    return [cell for cell, lacks in cells if lacks and cell not in ("", "?") and cell.casefold() not in MISSING]


def _serials(numbers: np.ndarray[Any, Any], at: Mapping[str, int], expected: Expected) -> str | None:
    """Columns of which many cells are numbers of days, as Excel counts them, and the others are as they should be."""
    for name, place in at.items():
        values = numbers[np.isfinite(numbers[:, place]), place]
        days = (values >= SERIALS[0]) & (values <= SERIALS[1]) & (values == np.round(values))
        low, high = expected.bounds[name]
        meant = (values >= low) & (values <= high)
        if high < SERIALS[0] and days.sum() >= max(1, (1 - MOST) * len(numbers)) and (days | meant).mean() >= MOST:
            return f"{name} holds dates where numbers were, as a spreadsheet counts days, {values[days][0]:g} for one"
    return None


def _scaled(numbers: np.ndarray[Any, Any]) -> str | None:
    """Whether nearly all columns are z-scores, or stretched to one range."""
    center, spread = np.nanmean(numbers, axis=0), np.nanstd(numbers, axis=0)
    negative = (np.nanmin(numbers, axis=0) < 0) & (np.abs(center) < 1) & (spread < 3)  # noqa: PLR2004  a head is not the whole
    low, high = np.nanmin(numbers, axis=0), np.nanmax(numbers, axis=0)
    if negative.mean() >= MOST / 2 and np.nanmax(np.abs(numbers)) < 20:  # noqa: PLR2004
        within = ((low >= -1) & (high <= 1)).mean() >= MOST
        return "the values look min-max scaled to -1 - 1" if within else "the values look z-scored"
    if ((low >= 0) & (high <= 1)).mean() >= MOST:
        return "the values look min-max scaled to 0 - 1"
    if (high > 10_000).mean() >= MOST and np.nanmax(numbers) < 1 << 16:  # noqa: PLR2004
        return "the values look scaled to 0 - 65535"
    return None


def _shifted(numbers: np.ndarray[Any, Any], at: Mapping[str, int], expected: Expected) -> str | None:
    for shift, words in ((1, "right"), (-1, "left")):
        moved = {name: place + shift for name, place in at.items() if 0 <= place + shift < numbers.shape[1]}
        if len(moved) >= len(at) - 1 and moved and _within(numbers, moved, expected) >= MOST:
            return f"the header looks one column off: the values fit one column to the {words}"
    return None


def _decimals(numbers: np.ndarray[Any, Any], at: Mapping[str, int], expected: Expected) -> str | None:
    wrong = [name for name, place in at.items() if _outside(numbers[:, place], expected.bounds[name]) >= 1 - MOST]
    for factors, words in ((LOST, "decimal points look lost in"), (SMALLER, "another unit than usual, perhaps, in")):
        if wrong and all(_scaled_by(factors, numbers[:, at[name]], expected.bounds[name]) for name in wrong):
            return f"{words} {', '.join(wrong)}"
    return None


def _scaled_by(factors: tuple[float, ...], values: np.ndarray[Any, Any], bounds: tuple[float, float]) -> bool:
    return any(_outside(values, bounds, factor) < 1 - MOST for factor in factors)


def _zeros(numbers: np.ndarray[Any, Any], at: Mapping[str, int]) -> str | None:
    zeros = [name for name, place in at.items() if (numbers[:, place] == 0).mean() >= 1 - MOST]
    if zeros:
        return f"values look lost, 0 in {', '.join(zeros)}: leading-dot decimals turned into 0?"
    return None


def _swapped(numbers: np.ndarray[Any, Any], at: Mapping[str, int], expected: Expected) -> str | None:
    """Two columns whose values are plausible if exchanged, where those of one are not as they stand."""
    for one, other in permutations(at, 2):
        if _outside(numbers[:, at[one]], expected.bounds[one]) >= 1 - MOST:
            exchanged = {one: at[other], other: at[one]}
            if _within(numbers, dict(at) | exchanged, expected) >= MOST:
                return f"{one} and {other} look swapped"
    return None


def _worst(numbers: np.ndarray[Any, Any], at: Mapping[str, int], expected: Expected) -> str | None:
    outside = {name: _outside(numbers[:, place], expected.bounds[name]) for name, place in at.items()}
    worst = max(outside, key=lambda name: outside[name], default=None)
    if worst is None or not outside[worst]:
        return None
    low, high = expected.bounds[worst]
    return f"{worst} is outside {low:g} - {high:g} in {outside[worst]:.0%} of them"


def _no_levels(head: Head, places: Mapping[str, int], expected: Expected) -> str | None:
    """The category of which the most cells are none of its levels."""
    odd = {
        name: [text for text in head.column(places[name]) if text and category.level_index(text) < 0]
        for name, category in expected.categories.items()
        if name in places and category.unseen == "reject"
    }
    worst = max(odd, key=lambda name: len(odd[name]), default=None)
    if worst is None or not odd[worst]:
        return None
    levels = ", ".join(expected.categories[worst].levels)
    return f"{worst} holds {odd[worst][0]!r:.60}, for one, where its levels are {levels:.200}"


def _outside(values: np.ndarray[Any, Any], bounds: tuple[float, float], factor: float = 1) -> float:
    """The share of the numbers of a column outside its bounds; a cell without a number is not outside."""
    numbers = values[~np.isnan(values)]
    within = (numbers >= bounds[0] * factor) & (numbers <= bounds[1] * factor)
    return float(1 - within.mean()) if len(numbers) else 0.0


def _within(numbers: np.ndarray[Any, Any], at: Mapping[str, int], expected: Expected) -> float:
    """The share of plausible cells in the worst of these columns; a cell without a number is none."""
    inside = []
    for name, place in at.items():
        low, high = expected.bounds[name]
        inside.append(((numbers[:, place] >= low) & (numbers[:, place] <= high)).mean())
    return float(np.min(inside))
