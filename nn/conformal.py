"""Conformal prediction: how far an answer can be trusted, measured on rows that were held out.

**Label sets.** Which classes a row may be, at a level of confidence: see `nn.label_sets`.

**Typicality.** The distance of a row is that to the nearest class centre, in standardized space whitened by the
covariance within the classes (Mahalanobis, as in Lee et al., 2018), a category's levels among its coordinates: the
rarer a level, the farther out it puts a row. Its typicality is the conformal p-value
(1 + how many held-out rows are at least as far) / (n + 1): of rows like those in training, a share of at most a has a
typicality of at most a, whatever their distribution (Vovk, Gammerman and Shafer, 2005).
"""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from nn.arrays import farthest, near
from nn.encoding import PLAIN, fit_standardizer
from nn.exact import exact_distance, exact_point
from nn.forward import BLOCK, SAFETY
from nn.label_sets import fit_mass

if TYPE_CHECKING:
    from fractions import Fraction

    from nn.arrays import Array, Flags, Numbers, Rows
    from nn.encoding import Encoding
    from nn.label_sets import ByMass, ByThreshold, Sets
    from nn.validation import Fold

LEVEL: Final = 0.98
ALARM: Final = 0.02
CELLS: Final = 1 << 13
BESIDE: Final = 1e-6  # of a cell: rounding may put a value there into the next one
SMALLEST: Final = 1e-300
RIDGE: Final = 0.05  # of the mean variance, added to each: few rows make covariances that lean too far


@dataclass(frozen=True, eq=False)
class Space:
    """Inputs as points whose distances are Mahalanobis's, ``x @ whitening + origin``, and the classes' centres."""

    whitening: Array  # (d, d)
    origin: Array  # (d,)
    centers: Array  # (k, d)

    def distances(self, x: Array) -> tuple[Array, float]:
        """Squared distance of each row of inputs (n, d) to the nearest centre, (n,), and how far these may be off.

        Rows are taken from the middle of their ranges, or what is far from zero would lose its last digits.
        """
        middle = (x.max(axis=0) + x.min(axis=0)) / 2 if len(x) else np.zeros(len(self.origin))
        origin = exact_point(middle, self.whitening, self.origin)
        turned = np.ascontiguousarray(self.whitening.T)
        pull = np.ascontiguousarray(-2 * self.centers)
        length = np.square(self.centers).sum(axis=1)[:, None]
        distances = np.empty(len(x))
        for start in range(0, len(x), BLOCK):
            points = turned @ (x[start : start + BLOCK] - middle).T
            points += origin[:, None]
            apart = pull @ points  # |p - c|^2 = |p|^2 + (|c|^2 - 2 p c)
            apart += length
            points *= points
            distances[start : start + BLOCK] = points.sum(axis=0) + apart.min(axis=0)
        return np.maximum(distances, 0.0), self._error(farthest(x, middle), origin)

    def _error(self, far: Array, origin: Array) -> float:
        """The error of distances of rows at most so far (d,) from where the origin is, as `nn.forward` bounds errors.

        A coordinate is off by (d + 4) u times the sum r of its products' magnitudes, a square of it by 2 r times that;
        the sums of squares and products that follow are of at most 4 r r, and are off by (d + 6) u times that.
        """
        reach = far @ np.abs(self.whitening) + np.abs(origin) + np.abs(self.centers).max(axis=0)
        units = 2 * (len(reach) + 4) + 4 * (len(reach) + 6)
        return float(SAFETY * units * np.finfo(float).eps / 2 * (reach @ reach))

    def exact_distance(self, row: Array) -> Fraction:
        """The squared distance of a row of inputs (d,), not rounded at all."""
        return exact_distance(row, self.whitening, self.origin, self.centers)


@dataclass(frozen=True, eq=False)
class Conformal:
    """What the held-out rows say of a model: which sets of labels to give, and how far rows usually lie."""

    level: float
    alarm: float
    sets: ByMass | ByThreshold
    space: Space
    usual: Array  # held-out distances, ascending (n,)

    def label_sets(self, probabilities: Numbers) -> Sets:
        """Which classes belong to each row's set: (n, k) -> (n, k), never none."""
        return self.sets(probabilities)

    def typicality(self, x: Array) -> Array:
        """The p-value of each row of inputs (n, d) being like the training rows, (n,), from 1 / (n + 1) to 1.

        Exact: where a distance is so near a held-out one that rounding could decide, it is computed without rounding.
        """
        nearer, undecided = count_below(self.usual, *self.space.distances(x))
        rows, same = np.unique(
            x[undecided], axis=0, return_inverse=True
        )  # rows of levels alone are alike by the thousand
        usual = self.usual.tolist()
        nearer[undecided] = np.array([bisect_left(usual, self.space.exact_distance(row)) for row in rows], np.intp)[
            same
        ]
        shares: Array = np.arange(1 + len(self.usual), 0, -1) / (1 + len(self.usual))
        return shares[nearer]


def count_below(ascending: Array, values: Array, error: float = 0.0) -> tuple[Rows, Rows]:
    """How many of the ascending numbers, none negative, lie below each value, (n,), and which values leave that open.

    These are the places of the values that a number lies within the error of. As `searchsorted`, but faster: a grid
    answers for the values in cells that none of the numbers lies in, which are most.
    """
    scale = CELLS / max(float(ascending[-1]), SMALLEST)
    edges = np.arange(CELLS + 2) / scale
    margin = error + BESIDE / scale
    first = np.searchsorted(ascending, edges - margin)
    last = np.searchsorted(ascending, edges + margin + 1 / scale)
    cell = np.minimum(values * scale, CELLS + 1).astype(np.intp)
    below = first[cell]
    unsure = np.flatnonzero((first != last)[cell])
    below[unsure] = np.searchsorted(ascending, values[unsure] - error)
    above = np.searchsorted(ascending, values[unsure] + error, side="right")
    return below, unsure[below[unsure] != above]


def fit_space(x: Array, classes: Rows, flags: Flags | None = None) -> Space:
    """The space of training rows as inputs x (n, d) of these class indices (n,), rounded as `nn.rounding` says why.

    A level that none or all of them have, among the ``flags`` (d,), has the spread of half a row that differs: what
    was never met lies farther out than what was met once.
    """
    mean, scale = x.mean(axis=0), x.std(axis=0)
    if flags is not None:
        scale = np.where(flags & (scale == 0), np.sqrt(0.5 / len(x)), scale)
    scale = np.where(scale > 0, scale, 1.0)
    z = (x - mean) / scale
    centers = np.stack([z[classes == each].mean(axis=0) for each in range(classes.max() + 1)])
    spread = z - centers[classes]
    covariance = spread.T @ spread / len(z)
    covariance += RIDGE * np.trace(covariance) / len(covariance) * np.eye(len(covariance))
    turn = np.linalg.cholesky(np.linalg.inv(covariance))
    whitening = near(turn / scale[:, None])
    origin = -exact_point(mean, whitening, np.zeros(len(mean)))
    return Space(whitening, origin, near(centers @ turn))


def fit_conformal(
    x: Array,
    classes: Rows,
    held_out: Array,
    folds: list[Fold],
    *,
    encoding: Encoding = PLAIN,
    level: float = LEVEL,
    alarm: float = ALARM,
) -> Conformal:
    """From raw rows x (n, d), their class indices (n,), and what each fold answered for the rows it held out.

    ``held_out`` is (repeats, n, k), as `validation.Validated` has it, ``folds`` its folds; each fold measures
    the distances of its held-out rows in a space of its own training rows, missing numbers being the mean of these.
    """
    x, flags = encoding.inputs(x), encoding.flags(x.shape[1])
    far = np.zeros(held_out.shape[:2])
    for fold in folds:
        filled = _filled(x, fold.kept)
        space = fit_space(filled[fold.kept], classes[fold.kept], flags)
        far[fold.repeat, fold.held] = space.distances(filled[fold.held])[0]
    sets = fit_mass(held_out, classes, level)
    whole = fit_space(_filled(x, np.arange(len(x))), classes, flags)
    return Conformal(level, alarm, sets, whole, np.sort(far.mean(axis=0)))


def _filled(x: Array, kept: Rows) -> Array:
    """Inputs (n, d), missing numbers as the mean of the rows that are kept; the same array where none is missing."""
    return fit_standardizer(x[kept]).filled(x) if np.isnan(x.min()) else x
