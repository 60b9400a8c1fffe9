"""Conformal prediction: how far an answer can be trusted, measured on rows that were held out.

**Label sets.** Which classes a row may be, at a level of confidence: see `nn.label_sets`.

**Typicality.** The distance of a row is that to the nearest class centre, in standardized space whitened by the
covariance within the classes (Mahalanobis, as in Lee et al., 2018). Its typicality is the conformal p-value
(1 + how many held-out rows are at least as far) / (n + 1): of rows like those in training, a share of at most a has a
typicality of at most a, whatever their distribution (Vovk, Gammerman and Shafer, 2005).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from nn.blocks import by_blocks
from nn.label_sets import fit_mass

if TYPE_CHECKING:
    from nn.arrays import Array, Rows
    from nn.label_sets import ByMass, ByThreshold, Sets
    from nn.validation import Fold

LEVEL: Final = 0.98
ALARM: Final = 0.02
CELLS: Final = 1 << 13
SMALLEST: Final = 1e-300
RIDGE: Final = 0.05  # of the mean variance, added to each: few rows make covariances that lean too far


@dataclass(frozen=True, eq=False)
class Space:
    """Raw rows as points whose distances are Mahalanobis's, ``x @ whitening + origin``, and the classes' centres."""

    whitening: Array  # (d, d)
    origin: Array  # (d,)
    centers: Array  # (k, d)

    def distances(self, x: Array, rows: Rows) -> Array:
        """Squared distance of each raw row (n, d) to the nearest centre, (n,); the rows' numbers as in `by_blocks`."""
        turned = np.ascontiguousarray(self.whitening.T)
        pull = np.ascontiguousarray(-2 * self.centers)
        length = np.square(self.centers).sum(axis=1)[:, None]

        def nearest(block: Array) -> Array:
            """The least of |p - c|^2 = |p|^2 + (|c|^2 - 2 p c) over the centres c."""
            points = turned @ block
            points += self.origin[:, None]
            apart = pull @ points
            apart += length
            points *= points
            least: Array = points.sum(axis=0) + apart.min(axis=0)
            return np.maximum(least, 0.0)[None]

        distances: Array = by_blocks(x, rows, 1, nearest)[0]
        return distances


@dataclass(frozen=True, eq=False)
class Conformal:
    """What the held-out rows say of a model: which sets of labels to give, and how far rows usually lie."""

    level: float
    alarm: float
    sets: ByMass | ByThreshold
    space: Space
    usual: Array  # held-out distances, ascending (n,)

    def label_sets(self, probabilities: Array) -> Sets:
        """Which classes belong to each row's set: (n, k) -> (n, k), never none."""
        return self.sets(probabilities)

    def typicality(self, x: Array, rows: Rows) -> Array:
        """The p-value of each raw row (n, d) being like the training rows, (n,), from 1 / (n + 1) to 1."""
        nearer = count_below(self.usual, self.space.distances(x, rows))
        share: Array = (1 + len(self.usual) - nearer) / (1 + len(self.usual))
        return share


def count_below(ascending: Array, values: Array) -> Rows:
    """How many of the ascending numbers, none negative, lie below each value, (n,); as `searchsorted`, but faster.

    A grid answers for the values in cells that none of the numbers lies in or beside, which are most.
    """
    scale = CELLS / max(float(ascending[-1]), SMALLEST)
    edges = np.arange(CELLS + 2) / scale
    first = np.searchsorted(ascending, edges - 1 / scale)  # a cell's neighbours too: rounding may put a value there
    last = np.searchsorted(ascending, edges + 2 / scale)
    cell = np.minimum(values * scale, CELLS + 1).astype(np.intp)
    below = first[cell]
    unsure = np.flatnonzero((first != last)[cell])
    below[unsure] = np.searchsorted(ascending, values[unsure])
    return below


def fit_space(x: Array, classes: Rows) -> Space:
    """The space of raw training rows x (n, d) of these class indices (n,)."""
    mean, scale = x.mean(axis=0), x.std(axis=0)
    scale = np.where(scale > 0, scale, 1.0)
    z = (x - mean) / scale
    centers = np.stack([z[classes == each].mean(axis=0) for each in range(classes.max() + 1)])
    spread = z - centers[classes]
    covariance = spread.T @ spread / len(z)
    covariance += RIDGE * np.trace(covariance) / len(covariance) * np.eye(len(covariance))
    turn = np.linalg.cholesky(np.linalg.inv(covariance))
    return Space(turn / scale[:, None], -(mean / scale) @ turn, centers @ turn)


def fit_conformal(
    x: Array, classes: Rows, held_out: Array, folds: list[Fold], level: float = LEVEL, alarm: float = ALARM
) -> Conformal:
    """From raw rows x (n, d), their class indices (n,), and what each fold answered for the rows it held out.

    ``held_out`` is (repeats, n, k), as `validation.Validated` has it, ``folds`` its folds; each fold measures
    the distances of its held-out rows in a space of its own training rows.
    """
    far = np.zeros(held_out.shape[:2])
    for fold in folds:
        space = fit_space(x[fold.kept], classes[fold.kept])
        far[fold.repeat, fold.held] = space.distances(x[fold.held], np.arange(len(fold.held)))
    sets = fit_mass(held_out, classes, level)
    return Conformal(level, alarm, sets, fit_space(x, classes), np.sort(far.mean(axis=0)))
