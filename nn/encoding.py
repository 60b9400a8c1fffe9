"""Encoding: measurements as z-scores, classes as one-hot rows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from nn.arrays import Array


@dataclass(frozen=True, eq=False)
class Standardizer:
    """Mean and population standard deviation of each feature, (d,) each, in the feature's own unit."""

    mean: Array
    scale: Array

    def transform(self, x: Array) -> Array:
        """Raw rows to z-scores, (n, d) -> (n, d)."""
        return (x - self.mean) / self.scale


def fit_standardizer(x: Array) -> Standardizer:
    """Mean and population SD of the columns of x (n, d); a constant column gets scale 1 and so becomes zeros."""
    rows = np.ascontiguousarray(x)  # the sums of a transposed array come in another order
    mean, scale = rows.mean(axis=0), rows.std(axis=0)
    constant = np.ptp(rows, axis=0) == 0
    return Standardizer(np.where(constant, rows[0], mean), np.where(constant, 1.0, scale))


def one_hot(indices: np.ndarray[tuple[int, ...], np.dtype[np.intp]], classes: int) -> Array:
    """Class indices (n,), 0 to classes - 1, to rows of zeros with a one at the index, (n, classes)."""
    if len(indices) and not 0 <= indices.min() <= indices.max() < classes:
        message = f"class indices run from 0 to {classes - 1}; found {indices.min()} to {indices.max()}"
        raise ValueError(message)
    return np.eye(classes)[indices]
