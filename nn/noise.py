"""Noise: each row moved by the scaled difference of two rows of its own class, drawn afresh for every update."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from nn.arrays import Array, Random, Rows
    from nn.backpropagation import Backpropagation


@dataclass(frozen=True, eq=False)
class Noise:
    """The noise of the rows one network holds: ``scaled`` (n, d), by which differences are taken, class by class.

    ``start`` and ``count`` (n,) say for each row where its class stands in ``scaled`` and how many rows it has.
    """

    scaled: Array
    start: Rows
    count: Rows

    @classmethod
    def of(cls, x: Array, classes: Rows, noise: float) -> Noise:
        """That of standardized rows x (n, d) of these classes (n,): so many times the difference, over root 2."""
        counts = np.bincount(classes)
        starts = np.cumsum(counts) - counts
        by_class = x.take(np.argsort(classes, kind="stable"), axis=0)
        return cls(by_class * (noise / np.sqrt(2)), starts[classes], counts[classes])

    def draw(self, rng: Random) -> Array:
        """By how much each row is moved this time, (n, d)."""
        one, other = self.start + (rng.random((2, len(self.scaled))) * self.count).astype(np.intp)
        moves: Array = self.scaled.take(one, axis=0) - self.scaled.take(other, axis=0)
        return moves


def move_rows(passes: Backpropagation, noises: Sequence[Noise], rngs: Sequence[Random]) -> None:
    """Let the gradient see every row moved by its network's noise, each network drawing from its own stream."""
    for x, seen, noise, rng in zip(passes.x, passes.seen, noises, rngs, strict=True):
        moves = noise.draw(rng).T
        held = slice(0, moves.shape[1])
        np.add(x[:, held], moves, out=seen[:, held])
