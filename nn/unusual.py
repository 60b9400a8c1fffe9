"""Unusual measurements: where a row lies among the training rows, column by column and beside its other columns."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal, Self, TypeAlias

import numpy as np

from nn.joint import FEWEST_A_COLUMN, Joint

if TYPE_CHECKING:
    from collections.abc import Sequence

    from nn.arrays import Array, Rows

RARE: Final = 0.02  # of the training rows that lie as far out

Kind: TypeAlias = Literal["outside", "rare", "apart"]


@dataclass(frozen=True)
class Finding:
    """A column in which a row is unusual.

    ``kind`` is outside (of all training rows), rare (few lie as far out) or apart (it is usual by itself, and few are
    as far from what their other columns lead to expect); ``share`` is that of the training rows which are as unusual.
    """

    column: int
    kind: Kind
    high: bool
    share: float


@dataclass(frozen=True, eq=False)
class Usual:
    """What n training rows of d columns say is usual."""

    ordered: Array  # each column ascending, (n, d)
    joint: Joint | None
    """None where there are too few rows to know what goes with what."""
    apart: Array
    """How far training rows are from what their other columns lead to expect, each column ascending, (n, d)."""

    @classmethod
    def of(cls, x: Array, classes: Rows) -> Self:
        """What raw training rows x (n, d) of these class indices (n,) say, no class without rows."""
        joint = Joint.of(x, classes) if len(x) >= FEWEST_A_COLUMN * x.shape[1] else None
        apart = np.zeros_like(x) if joint is None else np.abs(deviations(joint, x))
        return cls(np.sort(x, axis=0), joint, np.sort(apart, axis=0))

    def findings(self, values: Sequence[float]) -> list[Finding]:
        """In which columns a raw row (d,) is unusual, the most unusual first; apart only where no other is."""
        row = np.asarray(values, dtype=float)
        return self._alone(row) or self._beside(row)

    def _alone(self, row: Array) -> list[Finding]:
        found = []
        for column, (value, usual) in enumerate(zip(row, self.ordered.T, strict=True)):
            below = np.searchsorted(usual, value, side="right")  # rows at most as high
            above = len(usual) - np.searchsorted(usual, value)
            share = float(min(below, above) / len(usual))
            if share <= RARE:
                found.append(Finding(column, "rare" if share else "outside", bool(above < below), share))
        return sorted(found, key=lambda each: (each.share, -self._beyond(each.column, row)))

    def _beyond(self, column: int, row: Array) -> float:
        """How far a value lies from the middle of a column's training rows, in their standard deviations."""
        usual = self.ordered[:, column]
        return float(abs(row[column] - np.median(usual)) / (usual.std() or 1.0))

    def _beside(self, row: Array) -> list[Finding]:
        if self.joint is None:
            return []
        (away,) = deviations(self.joint, row[None])
        as_far = [len(usual) - np.searchsorted(usual, abs(far)) for far, usual in zip(away, self.apart.T, strict=True)]
        column = min(range(len(row)), key=lambda each: (as_far[each], -abs(away[each])))
        share = float(as_far[column] / len(self.apart))
        return [Finding(column, "apart", bool(away[column] > 0), share)] if share <= RARE else []


def deviations(joint: Joint, x: Array) -> Array:
    """How far each value of raw rows x (n, d) is from what the row's others lead to expect, (n, d), in SDs.

    Expected within the class whose centre is nearest, whatever the row is labelled.
    """
    pulls, distances = joint.pulls(x)
    nearest = distances.argmin(axis=1)
    spread = np.sqrt(np.diagonal(joint.precisions, axis1=1, axis2=2))
    found: Array = pulls[np.arange(len(x)), nearest] / spread[nearest]
    return found
