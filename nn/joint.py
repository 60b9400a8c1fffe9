"""The joint distribution: training rows as one normal distribution a class, which says what goes with what."""

from __future__ import annotations

from dataclasses import dataclass
from functools import reduce
from typing import TYPE_CHECKING, Final, Self

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from nn.arrays import Array, Rows
    from nn.measures import Measures

OWN: Final = 0.5  # of a class's covariance: its own rows; the rest is that of all classes, for few rows mislead
RIDGE: Final = 0.15  # of the mean variance, added to each
FEWEST_COLUMNS: Final = 2
FEWEST_A_COLUMN: Final = 8  # training rows: of fewer a covariance is mostly chance


@dataclass(frozen=True, eq=False)
class Joint:
    """A normal distribution for each of k classes, in d columns divided by their scale, and the rows it is made of."""

    scale: Array  # (d,)
    centers: Array  # (k, d)
    covariances: Array  # (k, d, d)
    precisions: Array  # (k, d, d)
    log_determinants: Array  # (k,)
    x: Array  # raw training rows (n, d)
    classes: Rows  # (n,)

    @classmethod
    def of(cls, x: Array, classes: Rows) -> Self:
        """The distribution of raw training rows x (n, d) of these class indices (n,), no class without rows."""
        deviation = x.std(axis=0)
        scale = np.where(deviation > 0, deviation, 1.0)
        z = x / scale
        count = int(classes.max()) + 1
        centers = np.stack([z[classes == each].mean(axis=0) for each in range(count)])
        apart = z - centers[classes]
        pooled = apart.T @ apart / len(z)
        ridge = RIDGE * np.trace(pooled) / len(pooled) * np.eye(len(pooled))
        own = np.stack([apart[classes == each].T @ apart[classes == each] for each in range(count)])
        own /= np.bincount(classes)[:, None, None]
        covariances = (1 - OWN) * pooled + OWN * own + ridge
        precisions, logs = np.linalg.inv(covariances), np.linalg.slogdet(covariances)[1]
        return cls(scale, centers, covariances, precisions, logs, x, classes)

    @classmethod
    def known(cls, x: Array, classes: Rows, measures: Measures) -> Self | None:
        """That of the numbers in raw training rows x (n, d) of these class indices (n,), of the rows that miss none.

        None where the numbers or the rows are too few to know what goes with what.
        """
        numbers, count = measures(x), len(measures.columns)
        if count < FEWEST_COLUMNS or len(numbers) < FEWEST_A_COLUMN * count:
            return None
        return cls.of(numbers, np.unique(classes[measures.complete(x)], return_inverse=True)[1])

    def reordered(self, order: Sequence[int]) -> Joint:
        """The same with its columns in another order."""
        at = list(order)
        across = np.ix_(range(len(self.centers)), at, at)
        covariances, precisions = self.covariances[across], self.precisions[across]
        moved = (self.scale[at], self.centers[:, at], covariances, precisions)
        return Joint(*moved, self.log_determinants, self.x[:, at], self.classes)

    def pulls(self, x: Array) -> tuple[Array, Array]:
        """Of raw rows x (n, d): precision times distance to each centre, (n, k, d), and squared distances (n, k).

        Both are views in whose memory rows follow each other: NumPy is slow along short axes.
        """
        away = (x / self.scale).T - self.centers[:, :, None]
        pulls = self.precisions @ away
        return pulls.transpose(2, 0, 1), (away * pulls).sum(axis=1).T

    def log_density(self, distances: Array) -> Array:
        """The log density, but for a constant, at squared distances to each centre (n, k, ...) -> (n, ...)."""
        spread = self.log_determinants.reshape(-1, *[1] * (distances.ndim - 2))
        return log_sum(-(distances + spread) / 2)


def log_sum(logs: Array) -> Array:
    """The log of the sum over classes of what logs (n, k, ...) are the logs of, (n, ...)."""
    classes = [logs[:, each] for each in range(logs.shape[1])]  # few, and NumPy is slow along a short axis
    most: Array = reduce(np.maximum, classes)
    return most + np.log(sum(np.exp(each - most) for each in classes))
