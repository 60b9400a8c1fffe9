"""Unmet inputs: those that never differed in the rows of a network, as that of a level which no row had.

Training leaves the weights of such an input at what they were drawn as, or at what the noise of others made of them. A
row in which it does differ would be answered by chance; so what the input gave in training becomes part of the biases,
and its weights become 0: it says nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from nn.arrays import Array, Rows
    from nn.batches import Member
    from nn.network import Network

HEAD: Final = 1000  # rows that settle it for almost every input


def silence_unmet(networks: Network, x: Array, members: Sequence[Member]) -> None:
    """Let no network of a stack answer by inputs of x (n, d) that the rows of its member leave constant; in place."""
    weights, biases = networks.weights[0], networks.biases[0]
    for index, member in enumerate(members):
        for at, value in unmet(x, member.rows).items():
            z = (value - member.standardizer.mean[at]) / member.standardizer.scale[at]
            biases[index] += np.nan_to_num(z) * weights[index, at]
            weights[index, at] = 0


def unmet(x: Array, rows: Rows) -> dict[int, float]:
    """The columns of x (n, d) that have a single value in these rows, and that value; NaN where each is missing."""
    suspects = _constant(x[rows[:HEAD]])
    return {at: value for at in suspects for value in _constant(x[rows, at][:, None]).values()}


def _constant(x: Array) -> dict[int, float]:
    """A missing value, NaN, is no other value."""
    least = np.fmin.reduce(x)
    return {int(at): float(least[at]) for at in np.flatnonzero(~(least < np.fmax.reduce(x)))}
