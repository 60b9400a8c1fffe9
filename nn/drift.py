"""The reference: the rows a version was trained on, and how far a batch has drifted from them.

Drift is reported in effect sizes. The population stability index of a feature compares how a batch and the training
rows fall into bins, frozen at training (`nn.bins`): ten of a number, each with a tenth of the training rows; the levels
of a category. Half a row is added to every bin, so that an empty one is no infinity.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Self

import numpy as np

from nn.bins import bins_of
from nn.encoding import PLAIN
from nn.fingerprints import fingerprint

if TYPE_CHECKING:
    from collections.abc import Sequence

    from nn.bins import Bins
    from nn.encoding import Encoding

HEAD: Final = 16  # bits of a fingerprint by which most rows are known to be no training rows
MODERATE: Final = 0.1
LARGE: Final = 0.25


@dataclass(frozen=True, eq=False)
class Reference:
    """Training rows as what is asked of them: sorted fingerprints, bins, counts."""

    features: tuple[str, ...]
    fingerprints: np.ndarray[Any, Any]  # (n,), ascending
    bins: tuple[Bins, ...]  # of each feature
    counts: tuple[np.ndarray[Any, Any], ...]  # training rows in each of its bins
    labels: np.ndarray[Any, Any]  # training rows of each class, (k,)

    @classmethod
    def of(
        cls,
        features: Sequence[str],
        x: np.ndarray[Any, Any],
        classes: np.ndarray[Any, Any],
        count: int,
        encoding: Encoding = PLAIN,
    ) -> Self:
        """The reference of raw training rows x (n, d) with class indices (n,) of so many classes."""
        columns = zip(x.T, encoding.across(len(features)), strict=True)
        bins = tuple(bins_of(values, column) for values, column in columns)
        counts = _counted(bins, x, np.empty(len(x), dtype=bool))
        labels = np.bincount(classes, minlength=count)
        return cls(tuple(features), np.sort(fingerprint(x)), bins, counts, labels)

    def seen(self, fingerprints: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
        """Which rows are among the training rows, by their fingerprints (n,)."""
        known = np.zeros(1 << HEAD, dtype=bool)
        known[self.fingerprints >> np.uint64(64 - HEAD)] = True
        seen = known[fingerprints >> np.uint64(64 - HEAD)]  # few others share the first bits of one that is known
        left = np.flatnonzero(seen)
        at = np.searchsorted(self.fingerprints, fingerprints[left])
        seen[left] = self.fingerprints[np.minimum(at, len(self.fingerprints) - 1)] == fingerprints[left]
        return np.asarray(seen)

    def spread(self, x: np.ndarray[Any, Any]) -> Spread:
        """How raw rows x (n, d) fall into the bins, and how many lie outside what the training rows have."""
        holds = np.empty(len(x), dtype=bool)  # for all of them: a new one each time costs as much as comparing
        outside = [bins.outside(values, holds) for bins, values in zip(self.bins, x.T, strict=True)]
        return Spread(_counted(self.bins, x, holds), np.array(outside))

    def empty(self) -> Spread:
        """How no rows fall into the bins."""
        return self.spread(np.empty((0, len(self.features))))


@dataclass(frozen=True, eq=False)
class Spread:
    """How rows fall into the bins of a reference; spreads of different rows add up."""

    bins: tuple[np.ndarray[Any, Any], ...]  # of each feature
    outside: np.ndarray[Any, Any]  # (d,)

    def __add__(self, other: Spread) -> Spread:
        """The rows of both."""
        bins = tuple(one + another for one, another in zip(self.bins, other.bins, strict=True))
        return Spread(bins, self.outside + other.outside)


def stability_index(found: np.ndarray[Any, Any], reference: np.ndarray[Any, Any]) -> float:
    """The population stability index of counts in bins against those of a reference; 0 where the shares agree."""
    shares, expected = ((counts + 0.5) / (counts.sum() + 0.5 * len(counts)) for counts in (found, reference))
    return float(np.sum((shares - expected) * np.log(shares / expected)))


def in_words(index: float) -> str:
    """Small, moderate or large, at the customary 0.1 and 0.25."""
    return "small" if index < MODERATE else "moderate" if index < LARGE else "large"


def _counted(
    bins: Sequence[Bins], x: np.ndarray[Any, Any], holds: np.ndarray[Any, Any]
) -> tuple[np.ndarray[Any, Any], ...]:
    return tuple(each.count(values, holds) for each, values in zip(bins, x.T, strict=True))
