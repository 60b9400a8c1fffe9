"""Diagnosis: what a table that cannot be right looks like, so that a refusal can say so."""

from __future__ import annotations

import re
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
SERIALS: Final = (20_000, 60_000)  # Excel's numbers of the days from 1954 to 2064


def diagnose(head: Head, places: Mapping[str, int], expected: Expected) -> str | None:
    """What the first rows of a table look like, given where the features would stand; None if like nothing."""
    plain, numbers = {normalize(name) for name in head.names}, head.numbers
    for other, known in expected.lookalikes.items():
        if len(plain & {normalize(name) for name in known}) >= len(known) - 1:
            return f"it looks like {other}, which is another table"
    if len(numbers) < FEWEST_ROWS:
        return None
    at = {name: place for name, place in places.items() if name in expected.features}
    if in_cells := diagnose_cells(head, at):
        return in_cells
    filled = numbers[:, np.isfinite(numbers).mean(axis=0) >= MOST]
    return (
        (_scaled(filled) if filled.shape[1] else None)
        or _serials(numbers, at, expected)
        or _shifted(numbers, at, expected)
        or _decimals(numbers, at, expected)
        or _worst(numbers, at, expected)
    )


def diagnose_cells(head: Head, at: Mapping[str, int]) -> str | None:
    """What stands in the features' columns in place of numbers, where that is many of the cells of any."""
    for matches, what in CELLS:
        odd = {name: [cell for cell in head.column(place) if _is_text(cell, matches)] for name, place in at.items()}
        many = {name: cells for name, cells in odd.items() if len(cells) >= max(1, (1 - MOST) * len(head.texts))}
        if many:
            example = next(iter(many.values()))[0]
            return f"{', '.join(many)} {'holds' if len(many) == 1 else 'hold'} {what}, {example!r} for one"
    return None


def _is_text(cell: str, matches: re.Pattern[str]) -> bool:
    try:
        float(cell)
    except ValueError:
        return matches.fullmatch(cell) is not None and cell.casefold() not in MISSING
    return False


def _serials(numbers: np.ndarray[Any, Any], at: Mapping[str, int], expected: Expected) -> str | None:
    """Columns of which many cells are numbers of days, as Excel counts them, and the others are as they should be."""
    for name, place in at.items():
        values = numbers[np.isfinite(numbers[:, place]), place]
        days = (values >= SERIALS[0]) & (values <= SERIALS[1]) & (values == np.round(values))
        low, high = expected.bounds[name]
        meant = (values >= low) & (values <= high)
        if high < SERIALS[0] and days.sum() >= (1 - MOST) * len(numbers) and (days | meant).mean() >= MOST:
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
    zeros = [name for name, place in at.items() if (numbers[:, place] == 0).mean() >= 1 - MOST]
    if zeros:
        return f"values look lost, 0 in {', '.join(zeros)}: leading-dot decimals turned into 0?"
    for factor in (10, 100, 1000):
        lost = [
            name for name, place in at.items()
            if _outside(numbers[:, place], expected.bounds[name]) >= 1 - MOST
            and _outside(numbers[:, place], expected.bounds[name], factor) < 1 - MOST
        ]  # fmt: skip
        if lost:
            return f"decimal points look lost in {', '.join(lost)}"
    return None


def _worst(numbers: np.ndarray[Any, Any], at: Mapping[str, int], expected: Expected) -> str | None:
    outside = {name: _outside(numbers[:, place], expected.bounds[name]) for name, place in at.items()}
    worst = max(outside, key=lambda name: outside[name], default=None)
    if worst is None or not outside[worst]:
        return None
    low, high = expected.bounds[worst]
    return f"{worst} is outside {low:g} - {high:g} in {outside[worst]:.0%} of them"


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
