"""Swaps: how much likelier rows are with two of their columns the other way round."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from nn.arrays import Array
    from nn.joint import Joint

MOST_A_ROW: Final = 10.0  # nats that one row may speak for or against damage: 22,000 times likelier
MOST_SWAPS: Final = 6


def swaps(joint: Joint, x: Array) -> dict[tuple[int, int], float]:
    """By how many nats each swap of two columns makes raw rows x (n, d) likelier."""
    columns, z, precision = x.T.copy(), (x / joint.scale).T.copy(), joint.precisions
    pulls, distances = joint.pulls(x)
    pulls, distances, before = pulls.transpose(1, 2, 0), distances.T, joint.log_density(distances)
    gained: dict[tuple[int, int], float] = {}
    for i in range(len(z) - 1):
        others = slice(i + 1, None)
        to_i = columns[others] / joint.scale[i] - z[i]
        to_others = columns[i] / joint.scale[others, None] - z[others]
        own, theirs = precision[:, i, i], np.diagonal(precision, axis1=1, axis2=2)[:, others]
        swapped = to_i * (2 * pulls[:, i, None] + own[:, None, None] * to_i)
        swapped += to_others * (2 * pulls[:, others] + theirs[:, :, None] * to_others)
        swapped += 2 * precision[:, i, others, None] * (to_i * to_others)
        swapped += distances[:, None]
        gains = joint.log_density(swapped.transpose(2, 0, 1)).T - before
        totals = np.clip(gains, -MOST_A_ROW, MOST_A_ROW).sum(axis=1)
        gained |= {(i, j): float(total) for j, total in enumerate(totals, start=i + 1)}
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
