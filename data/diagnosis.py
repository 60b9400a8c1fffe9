"""Diagnosis: what a table that cannot be right looks like, so that a refusal can say so."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np

from data.column_names import normalize

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from data.heads import Expected

MOST: Final = 0.8
FEWEST_ROWS: Final = 5


def diagnose(
    names: Sequence[str], numbers: np.ndarray[Any, Any], places: Mapping[str, int], expected: Expected
) -> str | None:
    """What the first rows (n, columns) look like, given where the features would stand; None if like nothing."""
    plain = {normalize(name) for name in names}
    for other, known in expected.lookalikes.items():
        if len(plain & {normalize(name) for name in known}) >= len(known) - 1:
            return f"it looks like {other}, which is another table"
    filled = numbers[:, np.isfinite(numbers).mean(axis=0) >= MOST] if len(numbers) else numbers
    if len(filled) < FEWEST_ROWS or not filled.shape[1]:
        return None
    at = {name: place for name, place in places.items() if name in expected.features}
    return (
        _scaled(filled)
        or _shifted(numbers, at, expected)
        or _decimals(numbers, at, expected)
        or _worst(numbers, at, expected)
    )


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
    return float(1 - ((values >= bounds[0] * factor) & (values <= bounds[1] * factor)).mean())


def _within(numbers: np.ndarray[Any, Any], at: Mapping[str, int], expected: Expected) -> float:
    inside = [1 - _outside(numbers[:, place], expected.bounds[name]) for name, place in at.items()]
    return float(np.min(inside))
