"""Label sets: which classes a row may be, more of them the more doubtful it is.

**By mass**, an adaptive prediction set (Romano, Sesia and Candès, 2020; without their lot, so that equal rows get equal
sets): the likeliest classes, as many as it takes until their probabilities sum to more than ``mass``. It is the largest
of three, each found on answers to rows that were held out:

- where the likeliest class alone is right as often as is promised, the level, so that a set grows with doubt there too;
- the ceil((n + 1) level)-th smallest of the scores "how probable are the classes before the truth": with the scores of
  cross-validation (Vovk, 2015, "Cross-conformal predictors") it is what makes the set hold the truth at its level;
- the confidence up to which the likeliest class was right in no more than half of the rows, a coin toss. Above the
  level a small margin is a low confidence: that of a class of probability p lies between 2p - 1 and p.

**By threshold**, as versions had it before: the classes of probability 1 - threshold or more, and the likeliest.

Either way a class likelier than one in the set is in the set, classes that are equally likely are in it together, and
only the probabilities count, not the order of the classes.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import reduce
from typing import TYPE_CHECKING, Final, TypeAlias

import numpy as np

from nn.metrics import likeliest

if TYPE_CHECKING:
    from nn.arrays import Array, Numbers, Rows

Sets: TypeAlias = "np.ndarray[tuple[int, ...], np.dtype[np.bool_]]"

DIGITS: Final = 6


@dataclass(frozen=True)
class ByMass:
    """Sets of the likeliest classes whose probabilities sum to more than a mass, from 0 to 1."""

    mass: float

    def __call__(self, probabilities: Numbers) -> Sets:
        """Which classes belong to each row's set: (n, k) -> (n, k), never none."""
        shares = probabilities.T  # class by class over all rows is many times faster for few classes
        most = reduce(np.maximum, shares)
        belongs: Sets = shares == most
        doubtful = np.flatnonzero(
            most <= np.float64(self.mass)
        )  # few, as a rule: only they need their classes in order
        least = self._least(np.stack([share[doubtful] for share in shares]))
        for held, share in zip(belongs, shares, strict=True):
            held[doubtful] = share[doubtful] >= least
        return belongs.T

    def _least(self, shares: Numbers) -> Array:
        """The smallest probability in each row's set: (k, n) -> (n,)."""
        ordered, before = _in_order(shares)
        least: Array = np.where(before <= self.mass, ordered, 1.0).min(axis=0)
        return least


@dataclass(frozen=True)
class ByThreshold:
    """Sets of the classes of probability 1 - threshold or more, and the likeliest."""

    threshold: float

    def __call__(self, probabilities: Numbers) -> Sets:
        """Which classes belong to each row's set: (n, k) -> (n, k), never none."""
        belongs = probabilities >= np.float64(1 - self.threshold)
        belongs |= probabilities == probabilities.max(axis=1, keepdims=True)
        return np.asarray(belongs)


def fit_mass(held_out: Array, classes: Rows, level: float) -> ByMass:
    """The sets that hold the truth at this level, by held-out answers (repeats, n, k) to rows of these classes (n,)."""
    repeats, rows, k = held_out.shape
    answers, truth = held_out.reshape(-1, k), np.tile(classes, repeats)
    scores = np.sort(mass_before(answers, truth))
    rank = int(np.ceil((rows + 1) * level)) * repeats
    covering = scores[rank - 1] if rank <= len(scores) else 1.0
    tossed = coin_toss(answers.max(axis=1), likeliest(answers) == truth)
    return ByMass(_up(float(max(covering or level, tossed))))


def _up(mass: float) -> float:
    """The mass to six digits, never less: what is beyond them differs between kinds of processor."""
    near = round(mass, DIGITS)
    return near if near >= mass else round(mass + 10**-DIGITS, DIGITS)


def mass_before(probabilities: Array, classes: Rows) -> Array:
    """What the classes likelier than a given one sum to, row by row: (n, k), (n,) -> (n,)."""
    rows = np.arange(len(classes))
    likelier = (probabilities > probabilities[rows, classes][:, None]).sum(axis=1)
    before: Array = _in_order(probabilities.T)[1][likelier, rows]
    return before


def coin_toss(confidence: Array, right: Sets) -> float:
    """The largest confidence up to which answers are at best a coin toss: (n,), (n,) -> one number, 0 where none is.

    It is where the sum of (right - 1/2) over all answers of that confidence or less is least: below it isotonic
    regression of being right on confidence says one half or less, above it more.
    """
    values, place = np.unique(confidence, return_inverse=True)
    gain = np.cumsum(np.bincount(place, right - 0.5))
    last = len(gain) - 1 - int(np.argmin(gain[::-1]))
    return float(values[last]) if gain[last] <= 0 else 0.0


def _in_order(shares: Numbers) -> tuple[Array, Array]:
    """The probabilities of each row, (k, n), the largest first, and what those before each sum to, at most 1.

    Summed in that order and in float64, the last bit is the same whatever the order of the classes.
    """
    ordered = -np.sort(-shares.astype(float), axis=0)
    before = np.zeros_like(ordered)
    for at, share in enumerate(ordered[:-1]):
        np.minimum(before[at] + share, 1.0, out=before[at + 1])
    return ordered, before
