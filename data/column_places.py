"""Column places: which column is which by where it stands, where names say nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from data.column_names import Named
    from data.heads import Expected, Head

NEARLY_ALL: Final = 0.9
MOST: Final = 0.5
MOST_EXTRAS: Final = 2


def between(head: Head, expected: Expected, named: Named) -> dict[str, int]:
    """The features whose names say nothing, where each stands alone between the two that it belongs between."""
    places = [named.features.get(name) for name in expected.features]
    filled: dict[str, int] = {}
    for order, name in enumerate(expected.features):
        if places[order] is not None:
            continue
        before = places[order - 1] if order else -1
        after = places[order + 1] if order + 1 < len(places) else before + 2 if before is not None else None
        if before is None or after != before + 2 or before + 1 in named.places or before + 1 >= len(head.names):
            return {}
        filled[name] = before + 1
    share = share_within(head.numbers[:, list(filled.values())], list(filled), expected) if filled else 0
    return filled if share >= NEARLY_ALL else {}


def share_within(numbers: np.ndarray[Any, Any], names: Sequence[str], expected: Expected) -> float:
    """The share of rows none of whose values is implausible for the feature its column is taken for.

    What is missing is not implausible, unless it is most of a column; rows without any number say nothing.
    """
    filled = numbers[np.isfinite(numbers).any(axis=1)]
    if not len(filled):
        return 0.0 if len(numbers) else 1.0
    if (np.isnan(filled).mean(axis=0) > MOST).any():
        return 0.0
    low, high = np.array([expected.bounds[name] for name in names]).T
    return float(((filled >= low) & (filled <= high) | np.isnan(filled)).all(axis=1).mean())


def likeliest_places(head: Head, expected: Expected) -> dict[str, int]:
    """Where the features would stand if their order began at the column that suits the most of them."""
    count = len(expected.features)

    def suited(start: int) -> float:
        shares = [
            share_within(head.numbers[:, [start + order]], [name], expected)
            for order, name in enumerate(expected.features)
        ]
        return sum(shares)

    starts = range(len(head.names) - count + 1)
    best = max(starts, key=suited, default=None)
    return {} if best is None else {name: best + order for order, name in enumerate(expected.features)}
