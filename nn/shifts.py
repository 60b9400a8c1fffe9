"""Shifts: how much likelier rows are with a block of columns moved a row up or down."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from nn.joint import log_sum

if TYPE_CHECKING:
    from collections.abc import Sequence

    from nn.arrays import Array
    from nn.joint import Joint

MOST_A_ROW: Final = 2.0  # nats that one row may speak for or against it


def likeliest_shift(joint: Joint, x: Array, order: Sequence[int], weights: Array) -> tuple[tuple[int, ...], float]:
    """The columns that look a row too low from some row on, and the nats that moving them up gains.

    The rows x (n, d) stand in the order of their file, their columns in ``order``; ``weights`` (n - 1,) are 0 where a
    row has not the next one after it, or has been counted before. A block is held against the rest of its row, given
    the block: log p(rest | block of the next row) - log p(rest | block of the row).
    """
    joint = joint.reordered(order)
    x = x[:, list(order)]
    pulls, distances = joint.pulls(x)
    before = joint.log_density(distances)[:-1]
    step = np.diff((x / joint.scale).T)  # what moving a cell up adds to it
    linear = 2 * step * pulls[:-1].transpose(1, 2, 0)
    best: tuple[tuple[int, ...], float] = ((), 0.0)
    for first in range(x.shape[1]):
        rest = slice(first, None)
        precision, new = np.tril(joint.precisions[:, rest, rest]), step[rest]
        own = np.diagonal(precision, axis1=1, axis2=2)[:, :, None] * new
        added = linear[:, rest] + new * (2 * (precision @ new) - own)
        moved = distances[:-1].T[:, None] + added.cumsum(axis=1)  # (k, blocks, n - 1)
        block = _block_densities(joint, x, first)
        gained = joint.log_density(np.moveaxis(moved, 0, 1)) - before - block[:, 1:] + block[:, :-1]
        gained = np.clip(gained, -MOST_A_ROW, MOST_A_ROW) * weights
        most = gained[:, ::-1].cumsum(axis=1).max(axis=1, initial=0.0)[: x.shape[1] - (first == 0)]
        last = first + int(most.argmax())
        if most.max() > best[1]:
            best = tuple(order[first : last + 1]), float(most.max())
    return best


def _block_densities(joint: Joint, x: Array, first: int) -> Array:
    """The log density of the columns from ``first`` to each one after it, (blocks, n), but for the same constants."""
    away = (x / joint.scale).T[first:] - joint.centers[:, first:, None]
    total = np.empty(away.shape)
    for each, covariance in enumerate(joint.covariances[:, first:, first:]):
        lower = np.linalg.cholesky(covariance)
        logs = 2 * np.log(np.diagonal(lower))
        total[each] = (np.linalg.solve(lower, away[each]) ** 2 + logs[:, None]).cumsum(axis=0)
    return log_sum(-np.moveaxis(total, 0, 1) / 2)
