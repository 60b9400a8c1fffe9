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
    step = np.diff(x / joint.scale, axis=0)  # what moving a cell up adds to it
    linear = (step[:, None, :] * pulls[:-1]).cumsum(axis=2)
    best: tuple[tuple[int, ...], float] = ((), 0.0)
    for first in range(x.shape[1]):
        blocks = _block_densities(joint, x, first)
        squared = np.zeros(distances[:-1].shape)
        for last in range(first, x.shape[1] - (first == 0)):
            block = slice(first, last + 1)
            new, precision = step[:, None, last], joint.precisions[:, :, last]
            squared += new * (2 * step[:, block] @ precision[:, block].T - new * precision[:, last])
            moved = distances[:-1] + 2 * (linear[:, :, last] - (linear[:, :, first - 1] if first else 0)) + squared
            rest_after = joint.log_density(moved) - blocks[last - first][1:]
            gained = np.clip(rest_after - before + blocks[last - first][:-1], -MOST_A_ROW, MOST_A_ROW) * weights
            most = float(gained[::-1].cumsum().max(initial=0.0))
            if most > best[1]:
                best = tuple(order[first : last + 1]), most
    return best


def _block_densities(joint: Joint, x: Array, first: int) -> list[Array]:
    """The log density of the columns from ``first`` to each one after it, (n,) each, but for the same constants."""
    away = (x / joint.scale)[:, None, first:] - joint.centers[:, first:]
    squares, logs = np.empty(away.shape), np.empty(joint.centers[:, first:].shape)
    for each, covariance in enumerate(joint.covariances[:, first:, first:]):
        lower = np.linalg.cholesky(covariance)
        squares[:, each] = np.linalg.solve(lower, away[:, each].T).T ** 2
        logs[each] = 2 * np.log(np.diagonal(lower))
    total = -(squares.cumsum(axis=2) + logs.cumsum(axis=1)) / 2
    return [log_sum(total[:, :, at]) for at in range(total.shape[2])]
