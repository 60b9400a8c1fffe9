"""Columns apart: one that no longer goes with the others, or that repeats one value over and over."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator

    from nn.arrays import Array
    from nn.joint import Joint

PARTS: Final = 4  # of a table, any consecutive ones of which may be damaged alone
LOOKS_A_COLUMN: Final = PARTS * (PARTS + 1)
FEWEST: Final = 6  # rows in which a column is looked at
OFTEN: Final = 1.5  # times as often as in training, or in one class of it: a value may well be so common
MOST_A_ROW: Final = 1.5  # nats that one row may speak for or against it: a few odd ones prove nothing
RUN: Final = 0.9  # of the rows with one value, those that follow another, where it was filled down
DECIMALS: Final = range(6)


def apart(joint: Joint, x: Array) -> Array:
    """By how many nats each column of raw rows x (n, d) is likelier to have nothing to do with the others, (d,).

    What a column should be given the others of its row, as the training rows have it, is held against what it is: as
    such, and as a difference from the mean of its class. Its mean is free, its noise at least that of training.
    """
    most: Array = np.zeros(x.shape[1])
    pulls, distances = joint.pulls(x)
    for rows in _parts(len(x)):
        overall = _overall(joint, x[rows], pulls[rows], distances[rows])
        most = np.maximum(most, np.maximum(overall, _within_classes(joint, x[rows], distances[rows])))
    return most


def repeated(joint: Joint, x: Array) -> tuple[Array, Array]:
    """The share of the commonest value of each column, (d,), and by how many nats it is too common, (d,).

    It may be half as common again as in the training rows of any class, cut to as many decimals.
    """
    shares, nats = np.zeros(x.shape[1]), np.zeros(x.shape[1])
    for at, column in enumerate(x.T):
        decimals = next((each for each in DECIMALS if np.array_equal(column.round(each), column)), DECIMALS.stop)
        known = joint.x[:, at].round(decimals)
        usual = OFTEN * max(_commonest(known[joint.classes == each]) for each in np.unique(joint.classes))
        shares[at] = _commonest(column) if _filled(column) else 0.0
        if shares[at] > usual:
            nats[at] = len(column) * _divergence(shares[at], usual)
    return shares, nats


def _parts(rows: int) -> Iterator[slice]:
    for first, last in combinations(range(PARTS + 1), 2):
        part = slice(rows * first // PARTS, rows * last // PARTS)
        if part.stop - part.start >= FEWEST:
            yield part


def _overall(joint: Joint, x: Array, pulls: Array, distances: Array) -> Array:
    """Each column against what the others say of it, over all classes."""
    diagonal = np.diagonal(joint.precisions, axis1=1, axis2=2)  # (k, d)
    # A class is as likely as all other columns make it.
    without = distances[:, :, None] - pulls**2 / diagonal + (joint.log_determinants[:, None] + np.log(diagonal))
    likely = np.exp(-(without - without.min(axis=1, keepdims=True)) / 2)
    likely /= likely.sum(axis=1, keepdims=True)
    z = x / joint.scale
    said = z - (likely * (pulls / diagonal)).sum(axis=1)
    noise = (likely / diagonal).sum(axis=1).mean(axis=0)
    return _gained(z - z.mean(axis=0), said - said.mean(axis=0), noise, len(x) - 1)


def _within_classes(joint: Joint, x: Array, distances: Array) -> Array:
    """Each column's difference from the mean of its class against what those of the others say of it."""
    classes = (distances + joint.log_determinants).argmin(axis=1)
    diagonal = np.diagonal(joint.precisions, axis1=1, axis2=2)
    z, said = x / joint.scale, np.empty_like(x)
    for each in np.unique(classes):
        rows = classes == each
        z[rows] -= z[rows].mean(axis=0)
        said[rows] = z[rows] - z[rows] @ joint.precisions[each] / diagonal[each]
    noise = (1 / diagonal)[classes].mean(axis=0)
    return _gained(z, said, noise, max(len(x) - len(np.unique(classes)), 1))


def _gained(column: Array, said: Array, noise: Array, freedom: int) -> Array:
    """Half the squares that are left over less those that there are, in units of the noise: a log likelihood ratio."""
    left, there = (column - said) ** 2, column**2
    noise = np.maximum(noise, np.minimum(left.sum(axis=0), there.sum(axis=0)) / freedom)
    gained: Array = np.clip((left - there) / (2 * noise), -MOST_A_ROW, MOST_A_ROW).sum(axis=0)
    return gained


def _filled(column: Array) -> bool:
    """Whether the commonest value is not the limit of what an instrument can tell, which rows here and there reach."""
    values, counts = np.unique(column, return_counts=True)
    value = values[counts.argmax()]
    at = np.flatnonzero(column == value)
    beside = np.count_nonzero(np.diff(at) == 1)
    return bool(value not in (values[0], values[-1]) or beside >= RUN * len(at))


def _commonest(values: Array) -> float:
    return float(np.unique(values, return_counts=True)[1].max() / len(values))


def _divergence(share: float, usual: float) -> float:
    """Kullback-Leibler's, of a coin's share from a usual one below it, in nats."""
    other = (1 - share) * np.log((1 - share) / (1 - usual)) if share < 1 else 0.0
    return float(share * np.log(share / usual) + other)
