"""Metrics: counts that add up over chunks, and the figures they give."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from nn.network import SMALLEST_PROBABILITY

if TYPE_CHECKING:
    from nn.network import Array
    from nn.training import Rows


@dataclass(frozen=True, eq=False)
class Judged:
    """Rows judged against their truth: confusion counts (k true, k told) and the sum of their log losses in nats."""

    confusion: Rows
    log_loss_sum: float = 0.0

    def __add__(self, other: Judged) -> Judged:
        """The rows of both."""
        return Judged(self.confusion + other.confusion, self.log_loss_sum + other.log_loss_sum)

    @property
    def count(self) -> int:
        """How many rows were judged."""
        return int(self.confusion.sum())

    @property
    def accuracy(self) -> float | None:
        """Share of the judged rows told right; None, never 0, where none was judged."""
        return float(np.trace(self.confusion) / self.count) if self.count else None

    @property
    def log_loss(self) -> float | None:
        """Mean of -log of the probability given to the truth, in nats; None where none was judged."""
        return self.log_loss_sum / self.count if self.count else None


def judge(probabilities: Array, truth: Rows) -> Judged:
    """Hold probabilities (n, k) against true class indices (n,); an index of -1 says the truth is not known."""
    known = truth >= 0
    told, true = probabilities[known], truth[known]
    k = probabilities.shape[1]
    confusion = np.bincount(true * k + told.argmax(axis=1), minlength=k * k).reshape(k, k)
    given = told[np.arange(len(true)), true]
    return Judged(confusion, float(-np.log(np.maximum(given, SMALLEST_PROBABILITY)).sum()))
