"""Metrics: counts that add up over chunks, and the figures they give."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from nn.network import SMALLEST_PROBABILITY

if TYPE_CHECKING:
    from nn.arrays import Array, Numbers, Rows


@dataclass(frozen=True, eq=False)
class Judged:
    """Rows judged against their truth: confusion counts (k true, k predicted) and the sum of log losses in nats."""

    confusion: Rows
    log_loss_sum: float = 0.0

    def __add__(self, other: Judged) -> Judged:
        """The rows of both."""
        return Judged(self.confusion + other.confusion, self.log_loss_sum + other.log_loss_sum)

    def __sub__(self, other: Judged) -> Judged:
        """These rows without others that are among them."""
        return Judged(self.confusion - other.confusion, self.log_loss_sum - other.log_loss_sum)

    @property
    def count(self) -> int:
        """How many rows were judged."""
        return int(self.confusion.sum())

    @property
    def accuracy(self) -> float | None:
        """Share of the judged rows predicted right; None, never 0, where none was judged."""
        return float(np.trace(self.confusion) / self.count) if self.count else None

    @property
    def log_loss(self) -> float | None:
        """Mean of -log of the probability given to the truth, in nats; None where none was judged."""
        return self.log_loss_sum / self.count if self.count else None


def likeliest(probabilities: Numbers) -> Rows:
    """The class index of each row's largest probability, the first of equals: (n, k) -> (n,).

    As `argmax(axis=1)`, but class by class over all rows, which for few classes is many times faster.
    """
    best = probabilities[:, 0]
    classes = np.zeros(len(best), dtype=np.int16)
    for index, share in enumerate(probabilities.T[1:], start=1):
        np.maximum(classes, np.multiply(share > best, index, dtype=np.int16), out=classes)
        best = np.maximum(best, share)
    return classes.astype(np.intp)


def judge(probabilities: Numbers, truth: Rows, predicted: Rows | None = None) -> Judged:
    """Hold probabilities (n, k) against true class indices (n,); an index of -1 says the truth is not known.

    ``predicted`` are the likeliest classes (n,), where they are known already.
    """
    predicted = likeliest(probabilities) if predicted is None else predicted
    k = probabilities.shape[1]
    pairs = np.bincount((truth + 1) * k + predicted, minlength=(k + 1) * k)
    given = np.maximum(probabilities[np.arange(len(truth)), truth].astype(float), SMALLEST_PROBABILITY)
    given[truth < 0] = 1.0
    return Judged(pairs[k:].reshape(k, k), -float(np.log(given).sum()))


def calibration_error(probabilities: Array, truth: Rows, bins: int = 10) -> float:
    """Expected calibration error: mean distance of confidence and accuracy over equal bins (Naeini et al., 2015).

    Probabilities (n, k), class indices (n,); 0 where a confidence of p comes true in a share p of the rows.
    """
    confidence, right = probabilities.max(axis=1), likeliest(probabilities) == truth
    place = np.minimum((confidence * bins).astype(int), bins - 1)
    gaps = np.bincount(place, right - confidence, minlength=bins)
    return float(np.abs(gaps).sum() / len(truth))


def calibration_curve(probabilities: Array, truth: Rows, bins: int = 10) -> tuple[Array, Array, Rows]:
    """Mean confidence, observed accuracy and count of the rows in each equal bin of confidence that has any.

    Probabilities (n, k), class indices (n,).
    """
    confidence, right = probabilities.max(axis=1), likeliest(probabilities) == truth
    place = np.minimum((confidence * bins).astype(int), bins - 1)
    counts = np.bincount(place, minlength=bins)
    some = counts > 0
    sure, well = (np.bincount(place, each, minlength=bins)[some] / counts[some] for each in (confidence, right))
    return sure, well, counts[some]


def precision_and_recall(confusion: Rows) -> tuple[list[float | None], list[float | None]]:
    """The precision and the recall of each class of a confusion matrix (k true, k predicted); None for no rows."""
    right, predicted, true = np.diag(confusion), confusion.sum(axis=0), confusion.sum(axis=1)
    precision = [float(good / count) if count else None for good, count in zip(right, predicted, strict=True)]
    recall = [float(good / count) if count else None for good, count in zip(right, true, strict=True)]
    return precision, recall
