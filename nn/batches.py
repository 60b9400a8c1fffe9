"""Batches: the rows that each update of a stack of networks sees."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

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


@dataclass(frozen=True, eq=False)
class Batch:
    """The rows held, standardized, (s, d, n), and for each member the places of its rows and of their class's rows."""

    x: Array
    peers: list[_Peers]


@dataclass(frozen=True, eq=False)
class _Peers:
    """The places of a member's rows, class by class; for each row where its class starts in them and how many it is."""

    places: Rows
    start: Rows
    count: Rows

    def draw(self, rng: Random) -> Rows:
        """The places of two rows of each row's own class, (2, n)."""
        return self.places[self.start + (rng.random((2, len(self.places))) * self.count).astype(np.intp)]


def _peers(y: Array) -> _Peers:
    classes = y.argmax(axis=1)
    counts = np.bincount(classes)
    starts = np.cumsum(counts) - counts
    return _Peers(np.argsort(classes, kind="stable"), starts[classes], counts[classes])


def moved_rows(batch: Batch, noise: float, rngs: Sequence[Random]) -> Array:
    """The rows of a batch, each moved by the scaled difference of two rows of its class, by its member's own stream."""
    moved = batch.x.copy()
    for to, rows, peers, rng in zip(moved, batch.x, batch.peers, rngs, strict=True):
        one, other = peers.draw(rng)
        to[:, : len(one)] += (rows.take(one, axis=1) - rows.take(other, axis=1)) * (noise / np.sqrt(2))
    return moved


def load_batches(
    passes: Backpropagation, x: Array, y: Array, members: Sequence[Member], recipe: Recipe
) -> Iterator[Batch]:
    """Load the next rows into the passes at each step: all of them once, or one shuffled mini-batch after another."""
    longest = max(len(member.rows) for member in members)
    columns = min(longest, recipe.batch_rows)
    held, truth = np.zeros((len(members), x.shape[1], columns)), np.zeros((len(members), y.shape[1], columns))
    share = np.zeros((len(members), columns))
    peers: list[_Peers] = []
    orders = [_order(member, recipe.batch_rows) for member in members]
    while True:
        peers.clear()
        for index, (order, member) in enumerate(zip(orders, members, strict=True)):
            rows = next(order)
            held[index, :, : len(rows)] = member.standardizer.transform(x.take(rows, axis=0)).T
            truth[index, :, : len(rows)] = y.take(rows, axis=0).T
            share[index] = 0
            share[index, : len(rows)] = 1 / len(rows)
            if recipe.noise:
                peers.append(_peers(y[rows]))
        passes.load(held, truth, share)
        yield Batch(held, peers)
        while longest <= recipe.batch_rows:
            yield Batch(held, peers)


def _order(member: Member, size: int) -> Iterator[Rows]:
    """A member's own batches: all its rows again and again, or one shuffled pass after another."""
    while len(member.rows) <= size:
        yield member.rows
    while True:
        yield from np.split(member.rng.permutation(member.rows), range(size, len(member.rows), size))
