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


def swaps(joint: Joint, x: Array) -> dict[tuple[int, int], float]:
    """By how many nats each swap of two columns makes raw rows x (n, d) likelier."""
    z = x / joint.scale
    pulls, distances = joint.pulls(x)
    before = joint.log_density(distances)
    gained = {}
    for i, j in combinations(range(x.shape[1]), 2):
        to_i, to_j = (x[:, j] / joint.scale[i] - z[:, i])[:, None], (x[:, i] / joint.scale[j] - z[:, j])[:, None]
        precision = joint.precisions
        swapped = distances + 2 * (to_i * pulls[:, :, i] + to_j * pulls[:, :, j])
        swapped += to_i**2 * precision[:, i, i] + to_j**2 * precision[:, j, j] + 2 * to_i * to_j * precision[:, i, j]
        gained[i, j] = float(np.clip(joint.log_density(swapped) - before, -MOST_A_ROW, MOST_A_ROW).sum())
    return gained


def likeliest_swaps(joint: Joint, x: Array) -> tuple[tuple[int, ...], float]:
    """The columns of raw rows x (n, d) that look exchanged, the two that gain most first, and the nats they gain.

    After each swap the next one is looked for, which finds several pairs, and columns turned round.
    """
    columns: tuple[int, ...] = ()
    total = 0.0
    for _ in range(MOST_SWAPS):
        gained = swaps(joint, x)
        pair = max(gained, key=lambda each: gained[each])
        if columns and gained[pair] <= MOST_A_ROW:
            break
        columns += tuple(each for each in pair if each not in columns)
        total += gained[pair]
        x = x.copy()
        x[:, list(pair)] = x[:, list(reversed(pair))]
    return columns, total
