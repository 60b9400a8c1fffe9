"""Bins: what the values of one column are counted into, frozen at training."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Self, TypeAlias

import numpy as np

if TYPE_CHECKING:
    from nn.arrays import Array, Flags, Rows
    from nn.columns import Column

TENTHS: Final = 10


@dataclass(frozen=True, eq=False)
class Tenths:
    """Ten bins of a number, each with a tenth of the training rows, and one more for missing values where allowed.

    ``edges`` are the nine between them, ``low`` and ``high`` the least and greatest value of the training rows; NaN
    where these have none.
    """

    edges: Array
    low: float
    high: float
    missing: bool

    @classmethod
    def of(cls, values: Array, column: Column) -> Self:
        """The bins of the values (n,) that training rows have in this column."""
        present = values[~np.isnan(values)] if column.missing else values
        if not len(present):
            present = np.array([np.nan])
        edges = np.quantile(present, np.arange(1, TENTHS) / TENTHS)
        return cls(edges, float(present.min()), float(present.max()), column.missing)

    def count(self, values: Array, holds: Flags) -> Rows:
        """How many values (n,) each bin has; ``holds``, (n,), is written over."""
        above = [len(values), *(_count(np.greater, values, edge, holds) for edge in self.edges), 0]
        counts = -np.diff(above)
        if not self.missing:
            return counts
        missing = int(np.count_nonzero(np.isnan(values, out=holds)))
        counts[0] -= missing  # which are above no edge
        return np.append(counts, missing)

    def outside(self, values: Array, holds: Flags) -> int:
        """How many values (n,) lie outside the range of the training rows; ``holds``, (n,), is written over."""
        return _count(np.less, values, self.low, holds) + _count(np.greater, values, self.high, holds)


@dataclass(frozen=True, eq=False)
class Levels:
    """A bin for each level of a category, what is none of them and missing values among them where they are levels.

    A value that no bin is for is in none of them. ``met`` says which of them the training rows have, (bins,).
    """

    column: Column
    met: Flags

    @classmethod
    def of(cls, values: Array, column: Column) -> Self:
        """The bins of the values (n,) that training rows have in this column."""
        return cls(column, np.bincount(column.places(values), minlength=column.width)[: column.width] > 0)

    def count(self, values: Array, holds: Flags) -> Rows:  # noqa: ARG002  as numbers are counted
        """How many values (n,) each bin has."""
        counts: Rows = np.bincount(self.column.places(values), minlength=self.column.width)[: self.column.width]
        return counts

    def outside(self, values: Array, holds: Flags) -> int:
        """How many values (n,) the training rows never had."""
        return len(values) - int(self.count(values, holds)[self.met].sum())


Bins: TypeAlias = "Tenths | Levels"


def bins_of(values: Array, column: Column) -> Bins:
    """The bins of the values (n,) that training rows have in this column."""
    return (Levels if column.levels else Tenths).of(values, column)


def _count(compare: np.ufunc, values: Array, edge: float, holds: Flags) -> int:
    """How many values compare so with an edge; ``holds``, (n,), is written over."""
    return int(np.count_nonzero(compare(values, edge, out=holds)))
