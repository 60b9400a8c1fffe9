"""Swaps: how much likelier rows are with two of their columns the other way round."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from nn.arrays import Array
    from nn.joint import Joint

MOST_A_ROW: Final = 10.0  # nats that one row may speak for or against damage: 22,000 times likelier
MOST_SWAPS: Final = 6
PARTS: Final = 8  # of a table, in any consecutive ones of which two columns may be swapped
SPANS: Final = [*combinations(range(PARTS + 1), 2)]


def swaps(joint: Joint, x: Array) -> dict[tuple[int, int], Array]:
    """By how many nats each swap of two columns makes each of raw rows x (n, d) likelier, (n,)."""
    z = x / joint.scale
    pulls, distances = joint.pulls(x)
    before = joint.log_density(distances)
    gained = {}
    for i, j in combinations(range(x.shape[1]), 2):
        to_i, to_j = (x[:, j] / joint.scale[i] - z[:, i])[:, None], (x[:, i] / joint.scale[j] - z[:, j])[:, None]
        precision = joint.precisions
        swapped = distances + 2 * (to_i * pulls[:, :, i] + to_j * pulls[:, :, j])
        swapped += to_i**2 * precision[:, i, i] + to_j**2 * precision[:, j, j] + 2 * to_i * to_j * precision[:, i, j]
        gained[i, j] = np.clip(joint.log_density(swapped) - before, -MOST_A_ROW, MOST_A_ROW)
    return gained


def likeliest_swaps(joint: Joint, x: Array) -> tuple[tuple[int, ...], float, float]:
    """The columns of raw rows x (n, d) that look exchanged, the nats that gains, and in which share of the rows.

    After each swap of whole columns the next one is looked for, which finds several pairs, and columns turned round.
    """
    gained = swaps(joint, x)
    total, pair = max((float(each.sum()), pair) for pair, each in gained.items())
    most, share, part = max((*_likeliest_part(each), pair) for pair, each in gained.items())
    if most > total + MOST_A_ROW:
        return part, most, share
    return *_exchanged(joint, x, pair, total), 1.0


def _likeliest_part(gained: Array) -> tuple[float, float]:
    """The most that consecutive eighths of the rows gain (n,), and which share of them that is."""
    edges = [len(gained) * each // PARTS for each in range(PARTS + 1)]
    sums = np.append(0.0, gained.cumsum())[edges]
    return max((float(sums[last] - sums[first]), (last - first) / PARTS) for first, last in SPANS)


def _exchanged(joint: Joint, x: Array, pair: tuple[int, int], total: float) -> tuple[tuple[int, ...], float]:
    columns: tuple[int, ...] = ()
    for _ in range(MOST_SWAPS):
        columns += tuple(each for each in pair if each not in columns)
        x = x.copy()
        x[:, list(pair)] = x[:, list(reversed(pair))]
        gain, pair = max((float(each.sum()), pair) for pair, each in swaps(joint, x).items())
        if gain <= MOST_A_ROW:
            break
        total += gain
    return columns, total
