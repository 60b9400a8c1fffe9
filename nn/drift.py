"""The reference: the rows a version was trained on, and how far a batch has drifted from them.

Drift is reported in effect sizes. The population stability index of a feature compares how a batch and the training
rows fall into bins, frozen at training: ten of them, each with a tenth of the training rows. Half a row is added to
every bin, so that an empty one is no infinity.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Self

import numpy as np

from nn.fingerprints import fingerprint

if TYPE_CHECKING:
    from collections.abc import Sequence

BINS: Final = 10
HEAD: Final = 16  # bits of a fingerprint by which most rows are known to be no training rows
MODERATE: Final = 0.1
LARGE: Final = 0.25


@dataclass(frozen=True, eq=False)
class Reference:
    """Training rows as what is asked of them: sorted fingerprints, bin edges, ranges, counts."""

    features: tuple[str, ...]
    fingerprints: np.ndarray[Any, Any]  # (n,), ascending
    edges: np.ndarray[Any, Any]  # (d, BINS - 1)
    low: np.ndarray[Any, Any]  # (d,)
    high: np.ndarray[Any, Any]  # (d,)
    counts: np.ndarray[Any, Any]  # training rows in each bin, (d, BINS)
    labels: np.ndarray[Any, Any]  # training rows of each class, (k,)

    @classmethod
    def of(cls, features: Sequence[str], x: np.ndarray[Any, Any], classes: np.ndarray[Any, Any], count: int) -> Self:
        """The reference of raw training rows x (n, d) with class indices (n,) of so many classes."""
        edges = np.quantile(x, np.arange(1, BINS) / BINS, axis=0).T
        holds = np.empty(len(x), dtype=bool)
        counts = np.stack([_binned(column, edge, holds) for column, edge in zip(x.T, edges, strict=True)])
        labels = np.bincount(classes, minlength=count)
        return cls(tuple(features), np.sort(fingerprint(x)), edges, x.min(axis=0), x.max(axis=0), counts, labels)

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
        """How raw rows x (n, d) fall into the bins, and how many lie outside the training range."""
        bins, outside = [], []
        holds = np.empty(len(x), dtype=bool)  # for all of them: a new one each time costs as much as comparing
        for column, edges, low, high in zip(x.T, self.edges, self.low, self.high, strict=True):
            bins.append(_binned(column, edges, holds))
            outside.append(_count(np.less, column, low, holds) + _count(np.greater, column, high, holds))
        return Spread(np.array(bins), np.array(outside))


@dataclass(frozen=True, eq=False)
class Spread:
    """How rows fall into the bins of a reference; spreads of different rows add up."""

    bins: np.ndarray[Any, Any]  # (d, BINS)
    outside: np.ndarray[Any, Any]  # (d,)

    def __add__(self, other: Spread) -> Spread:
        """The rows of both."""
        return Spread(self.bins + other.bins, self.outside + other.outside)


def stability_index(found: np.ndarray[Any, Any], reference: np.ndarray[Any, Any]) -> float:
    """The population stability index of counts in bins against those of a reference; 0 where the shares agree."""
    shares, expected = ((counts + 0.5) / (counts.sum() + 0.5 * len(counts)) for counts in (found, reference))
    return float(np.sum((shares - expected) * np.log(shares / expected)))


def in_words(index: float) -> str:
    """Small, moderate or large, at the customary 0.1 and 0.25."""
    return "small" if index < MODERATE else "moderate" if index < LARGE else "large"


def _binned(
    column: np.ndarray[Any, Any], edges: np.ndarray[Any, Any], holds: np.ndarray[Any, Any]
) -> np.ndarray[Any, Any]:
    above = [len(column), *(_count(np.greater, column, edge, holds) for edge in edges), 0]
    return -np.diff(above)


def _count(compare: np.ufunc, column: np.ndarray[Any, Any], edge: float, holds: np.ndarray[Any, Any]) -> int:
    """How many values compare so with an edge; ``holds``, (n,), is written over."""
    return int(np.count_nonzero(compare(column, edge, out=holds)))
