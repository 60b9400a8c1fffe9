"""Unusual measurements: where a row lies among the training rows, column by column and beside its other columns."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal, Self, TypeAlias

import numpy as np

from nn.encoding import PLAIN
from nn.joint import Joint
from nn.measures import Measures

if TYPE_CHECKING:
    from collections.abc import Sequence

    from nn.arrays import Array, Rows
    from nn.columns import Column
    from nn.encoding import Encoding

RARE: Final = 0.02  # of the training rows that lie as far out

Kind: TypeAlias = Literal["outside", "rare", "level", "missing", "apart"]


@dataclass(frozen=True)
class Finding:
    """A column in which a row is unusual.

    ``kind`` is outside (of all training rows), rare (few lie as far out), level or missing (few have it so) or apart
    (it is usual by itself, and few are as far from what their other columns lead to expect); ``share`` is that of the
    training rows which are as unusual.
    """

    column: int
    kind: Kind
    high: bool
    share: float


@dataclass(frozen=True, eq=False)
class Usual:
    """What n training rows of d columns say is usual."""

    rows: int
    columns: tuple[Column, ...]
    ordered: tuple[Array, ...]  # the values there are in each column, ascending
    alike: tuple[Rows, ...]  # rows by what each input of a column says, and last of those none says it of
    measures: Measures
    joint: Joint | None
    """None where there are too few rows to know what goes with what."""
    apart: Array
    """How far rows are from what their other columns lead to expect, each number ascending, (rows, numbers)."""

    @classmethod
    def of(cls, x: Array, classes: Rows, encoding: Encoding = PLAIN) -> Self:
        """What raw training rows x (n, d) of these class indices (n,) say, no class without rows."""
        columns, measures = encoding.across(x.shape[1]), Measures.of(encoding, x.shape[1])
        joint = Joint.known(x, classes, measures)
        apart = np.empty((0, len(measures.columns))) if joint is None else np.abs(deviations(joint, measures(x)))
        ordered = tuple(np.sort(values[~np.isnan(values)]) for values in x.T)
        places = (column.places(values) for column, values in zip(columns, x.T, strict=True))
        alike = tuple(np.bincount(at, minlength=each.width + 1) for at, each in zip(places, columns, strict=True))
        return cls(len(x), columns, ordered, alike, measures, joint, np.sort(apart, axis=0))

    def findings(self, values: Sequence[float]) -> list[Finding]:
        """In which columns a raw row (d,) is unusual, the most unusual first; apart only where no other is."""
        row = np.asarray(values, dtype=float)
        return self._alone(row) or self._beside(row)

    def _alone(self, row: Array) -> list[Finding]:
        found = [self._level(at, value) or self._number(at, value) for at, value in enumerate(row.tolist())]
        unusual = (each for each in found if each and each.share <= RARE)
        return sorted(unusual, key=lambda each: (each.share, -self._beyond(each, row)))

    def _level(self, at: int, value: float) -> Finding | None:
        """How many rows have the same level, or miss the value as well; None of a number that is there."""
        column = self.columns[at]
        if not column.levels and not np.isnan(value):
            return None
        (place,) = column.places(np.array([value]))
        kind: Kind = "missing" if np.isnan(value) else "level"
        return Finding(at, kind, high=False, share=float(self.alike[at][place] / self.rows))

    def _number(self, at: int, value: float) -> Finding | None:
        """How many rows lie as far out; None where no row has a number there."""
        usual = self.ordered[at]
        if not len(usual):
            return None
        below = np.searchsorted(usual, value, side="right")  # rows at most as high
        above = len(usual) - np.searchsorted(usual, value)
        share = float(min(below, above) / len(usual))
        return Finding(at, "rare" if share else "outside", bool(above < below), share)

    def _beyond(self, finding: Finding, row: Array) -> float:
        """How far a number lies from the middle of a column's training rows, in their standard deviations."""
        if finding.kind in {"level", "missing"}:
            return np.inf
        usual = self.ordered[finding.column]
        return float(abs(row[finding.column] - np.median(usual)) / (usual.std() or 1.0))

    def _beside(self, row: Array) -> list[Finding]:
        numbers = self.measures(row[None])
        if self.joint is None or not len(numbers):
            return []
        (away,) = deviations(self.joint, numbers)
        as_far = [len(usual) - np.searchsorted(usual, abs(far)) for far, usual in zip(away, self.apart.T, strict=True)]
        at = min(range(len(away)), key=lambda each: (as_far[each], -abs(away[each])))
        share = float(as_far[at] / len(self.apart))
        (column,) = self.measures.places([at])
        return [Finding(column, "apart", bool(away[at] > 0), share)] if share <= RARE else []


def deviations(joint: Joint, x: Array) -> Array:
    """How far each value of raw rows x (n, d) is from what the row's others lead to expect, (n, d), in SDs.

    Expected within the class whose centre is nearest, whatever the row is labelled.
    """
    pulls, distances = joint.pulls(x)
    nearest = distances.argmin(axis=1)
    spread = np.sqrt(np.diagonal(joint.precisions, axis1=1, axis2=2))
    found: Array = pulls[np.arange(len(x)), nearest] / spread[nearest]
    return found
