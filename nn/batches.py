"""Batches: the rows that each update of a stack of networks sees."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from nn.noise import Noise

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from nn.arrays import Array, Random, Rows
    from nn.backpropagation import Backpropagation
    from nn.encoding import Standardizer
    from nn.recipe import Recipe


@dataclass(frozen=True, eq=False)
class Member:
    """One network of a stack: the indices of its rows, (n,), their standardizer and its own random stream."""

    rows: Rows
    standardizer: Standardizer
    rng: Random


def load_batches(
    passes: Backpropagation, x: Array, y: Array, members: Sequence[Member], recipe: Recipe
) -> Iterator[list[Noise]]:
    """Let the passes hold the next rows of raw x (n, d) and one-hot y (n, k) at each step: a batch for each member.

    That is all of its rows, or one shuffled mini-batch after another. Yields the noise of each member's batch, or none
    where the recipe has none.
    """
    x, y = np.ascontiguousarray(x), np.ascontiguousarray(y)  # or every `take` would copy the table first
    orders = [_order(member, recipe.batch_rows) for member in members]
    stays = all(len(member.rows) <= recipe.batch_rows for member in members)
    while True:
        noises = []
        for index, (order, member) in enumerate(zip(orders, members, strict=True)):
            rows = next(order)
            truth = y.take(rows, axis=0)
            held = _hold(passes, index, x.take(rows, axis=0), truth, member.standardizer)
            if recipe.noise:
                noises.append(Noise.of(held.T, truth.argmax(axis=1), recipe.noise))
        yield noises
        while stays:
            yield noises


def _hold(passes: Backpropagation, index: int, x: Array, y: Array, standardizer: Standardizer) -> Array:
    """Standardizes in place: a million rows are a memory's bandwidth, and `Standardizer.transform` would copy twice."""
    held = passes.x[index, :, : len(x)]
    held[:] = x.T
    held -= standardizer.mean[:, None]
    held /= standardizer.scale[:, None]
    if np.isnan(x.min(initial=0.0)):  # which is quicker asked than where
        held[np.isnan(x.T)] = 0
    passes.y[index, :, : len(x)] = y.T
    passes.share[index] = 0
    passes.share[index, : len(x)] = 1 / len(x)
    return held


def _order(member: Member, size: int) -> Iterator[Rows]:
    """A member's own batches: all its rows again and again, or one shuffled pass after another."""
    while len(member.rows) <= size:
        yield member.rows
    while True:
        yield from np.split(member.rng.permutation(member.rows), range(size, len(member.rows), size))
