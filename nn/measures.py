"""Measures: the columns that are numbers, in the rows that miss none, for what asks how numbers go together."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

import numpy as np

from nn.sample import Sample

if TYPE_CHECKING:
    from collections.abc import Sequence

    from nn.arrays import Array, Flags
    from nn.encoding import Encoding


@dataclass(frozen=True)
class Measures:
    """The places of the columns that are numbers among so many columns of raw rows."""

    columns: tuple[int, ...]
    among: int

    @classmethod
    def of(cls, encoding: Encoding, columns: int) -> Self:
        """Those of raw rows of so many columns."""
        return cls(tuple(encoding.numbers(columns)), columns)

    def complete(self, x: Array) -> Flags:
        """Which raw rows (n, d) miss no number, (n,)."""
        return np.logical_not(np.isnan(self._numbers(x)).any(axis=1))

    def __call__(self, x: Array) -> Array:
        """The numbers of those raw rows (n, d) that miss none, (m, numbers); the same array where that is all of it."""
        whole = self.complete(x)
        return self._numbers(x) if whole.all() else self._numbers(x)[whole]

    def sample(self, rows: Sample) -> Sample:
        """The same of a sample."""
        return Sample(rows.numbers[self.complete(rows.x)], self(rows.x))

    def order(self, order: Sequence[int]) -> list[int]:
        """An order of all columns as one of the numbers among each other."""
        return [self.columns.index(each) for each in order if each in self.columns]

    def places(self, numbers: Sequence[int]) -> tuple[int, ...]:
        """Numbers by their place among each other as columns by their place among all."""
        return tuple(self.columns[each] for each in numbers)

    def _numbers(self, x: Array) -> Array:
        return x if len(self.columns) == self.among else np.ascontiguousarray(x[:, self.columns])
