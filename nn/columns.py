"""Columns: what a column of raw rows holds, a number or one of some levels, and the inputs it becomes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from nn.arrays import Array, Rows


@dataclass(frozen=True)
class Column:
    """What a column of raw rows holds: numbers or, where it has levels, the index of one of them.

    NaN is a missing value, and -1, or the index of no level, what is none of the levels. ValueError for levels that
    cannot be told apart, and for numbers that are none of their levels.
    """

    levels: tuple[str, ...] = ()
    unseen: bool = False
    """Whether what is none of the levels is a level of its own."""
    missing: bool = False
    """Whether a missing value is a level of its own, or of a number the mean and an input that says so."""

    def __post_init__(self) -> None:
        """Refuse what no row could hold."""
        if len({*self.levels, ""}) <= len(self.levels):
            message = f"levels: expected different names, none of them empty; found {', '.join(self.levels)!r:.200}"
            raise ValueError(message)
        if self.unseen and not self.levels:
            message = "unseen: expected levels that a value can be none of; found a number"
            raise ValueError(message)

    @property
    def width(self) -> int:
        """How many inputs it becomes."""
        return max(len(self.levels), 1) + self.unseen + self.missing

    @property
    def said(self) -> tuple[str, ...]:
        """What each of its inputs says, for people; the number itself needs no word."""
        return (*(self.levels or ("",)), *["unseen"] * self.unseen, *["missing"] * self.missing)

    def places(self, values: Array) -> Rows:
        """Which input says the level of each value (n,), (n,); ``width`` where none does."""
        known = (values >= 0) & (values < len(self.levels))
        places = np.full(len(values), self.width, dtype=np.intp)
        places[known] = values[known].astype(np.intp)
        if self.unseen:
            places[~known] = len(self.levels)
        places[np.isnan(values)] = self.width - self.missing
        return places

    def write(self, values: Array, inputs: Array) -> None:
        """Leave the inputs (n, width) of values (n,) in an array of zeros; a missing number stays NaN."""
        if self.levels:
            places = self.places(values)
            rows = np.flatnonzero(places < self.width)
            inputs[rows, places[rows]] = 1
        else:
            inputs[:, 0] = values
            inputs[:, 1:] = np.isnan(values)[:, None]


NUMBER: Final = Column()
