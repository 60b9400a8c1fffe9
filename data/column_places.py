"""Column places: which column is which by where it stands, where names say nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from data.plausible import share_within

if TYPE_CHECKING:
    from data.column_names import Named
    from data.heads import Expected, Head

NEARLY_ALL: Final = 0.9
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
    return filled if filled and share_within(head, filled, expected) >= NEARLY_ALL else {}


def likeliest_places(head: Head, expected: Expected) -> dict[str, int]:
    """Where the features would stand if their order began at the column that suits the most of them."""
    count = len(expected.features)

    def suited(start: int) -> float:
        return sum(share_within(head, {name: start + order}, expected) for order, name in enumerate(expected.features))

    starts = range(len(head.names) - count + 1)
    best = max(starts, key=suited, default=None)
    return {} if best is None else {name: best + order for order, name in enumerate(expected.features)}
