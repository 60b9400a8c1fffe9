"""Plausible cells: which values of a table's first rows may be those of the features their columns are taken for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np

from data.separators import EMPTY

if TYPE_CHECKING:
    from collections.abc import Mapping

    from data.heads import Category, Expected, Head

MOST: Final = 0.5

Cells = np.ndarray[Any, np.dtype[np.bool_]]


def share_within(head: Head, places: Mapping[str, int], expected: Expected) -> float:
    """The share of rows none of whose values is implausible for the feature its column is taken for.

    What is missing is not implausible, unless it is most of a column that must have a value; rows without any value say
    nothing.
    """
    looks = [look(head, name, place, expected) for name, place in places.items()]
    if not looks:
        return 1.0
    plausible, missing = (np.stack(each, axis=1) for each in zip(*looks, strict=True))
    filled = ~missing.all(axis=1)
    if not filled.any():
        return 0.0 if len(missing) else 1.0
    needed = [at for at, name in enumerate(places) if name not in expected.may_be_missing]
    if (missing[filled][:, needed].mean(axis=0) > MOST).any():
        return 0.0
    return float((plausible | missing)[filled].all(axis=1).mean())


def look(head: Head, name: str, place: int, expected: Expected) -> tuple[Cells, Cells]:
    """Which cells of a column are plausible values of a feature, (n,), and which hold none."""
    category = expected.categories.get(name)
    if category is not None:
        return _of_levels(head.column(place), category)
    numbers = head.numbers[:, place]
    low, high = expected.bounds[name]
    return (numbers >= low) & (numbers <= high), np.isnan(numbers)


def _of_levels(texts: list[str], category: Category) -> tuple[Cells, Cells]:
    known = {text: category.level_index(text) >= 0 for text in {*texts}}
    missing = np.array([not known[text] and text.casefold() in EMPTY for text in texts], dtype=bool)
    anything = category.unseen == "level"
    return np.array([anything or known[text] for text in texts], dtype=bool), missing
