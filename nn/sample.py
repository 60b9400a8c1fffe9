"""Samples: some runs of consecutive rows of a file, the same however it is cut into chunks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Self

import numpy as np

from nn.fingerprints import ODD

if TYPE_CHECKING:
    from nn.arrays import Array, Rows

RUN: Final = 64  # rows that follow each other: what was moved by a row is found beside where it belongs
RUNS: Final = 16


@dataclass(frozen=True, eq=False)
class Sample:
    """Rows x (n, d) and their numbers in the file, ascending (n,): all of a file up to 1,024 rows, else 16 runs of it.

    Each run has a key that its number decides, and those of least key are kept; samples of different rows add up.
    """

    numbers: Rows
    x: Array

    @classmethod
    def of(cls, numbers: Rows, x: Array) -> Self:
        """The sample of some rows, their numbers ascending."""
        runs = numbers // RUN
        starts = np.flatnonzero(np.diff(runs, prepend=-1))
        if len(starts) <= RUNS:
            return cls(numbers, x)
        ends = np.append(starts[1:], len(runs))
        kept = np.sort(np.argsort(_keys(runs[starts]))[:RUNS])
        rows = np.concatenate([np.arange(starts[run], ends[run]) for run in kept])
        return cls(numbers[rows], x[rows])

    @classmethod
    def empty(cls, features: int) -> Self:
        """The sample of no rows."""
        return cls(np.empty(0, dtype=np.intp), np.empty((0, features)))

    def __add__(self, other: Self) -> Self:
        """The sample of both, the other's rows standing later in the file."""
        return self.of(np.concatenate([self.numbers, other.numbers]), np.concatenate([self.x, other.x]))


def _keys(runs: Rows) -> np.ndarray[tuple[int], np.dtype[np.uint64]]:
    """The finalizer of splitmix64 (Steele, Lea and Flood, 2014): different numbers have different keys."""
    mixed = (runs.astype(np.uint64) + np.uint64(1)) * np.uint64(ODD)
    mixed = (mixed ^ (mixed >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return np.asarray(mixed ^ (mixed >> np.uint64(31)))
