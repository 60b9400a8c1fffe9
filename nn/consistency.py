"""Consistency: whether the columns of a table go together as they do in the training rows.

Each cell can be plausible and the row impossible. Four kinds of damage are weighed against the table as it stands, each
by how many times likelier it makes the rows, in powers of ten: columns swapped; a column apart from the others, sorted,
shuffled or filled in by itself; a column with one value in far too many rows; a block of columns a row too low or too
high. A ratio of likelihoods is above any number by chance at most once in so many times (Markov's inequality); for the
many things looked at it is divided by their number (Bonferroni).

What another laboratory does differently is left free: see `nn.apart`. A row that occurs again is counted once.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal, TypeAlias

import numpy as np

from nn.apart import LOOKS_A_COLUMN, apart, repeated
from nn.fingerprints import fingerprint
from nn.joint import Joint
from nn.sample import Sample
from nn.shifts import likeliest_shift
from nn.swaps import likeliest_swaps

if TYPE_CHECKING:
    from collections.abc import Container, Iterator, Sequence

    from nn.arrays import Array

STRONG: Final = 5.0  # powers of ten from which a table is suspect
OVERWHELMING: Final = 9.0  # and from which it is refused
FEWEST: Final = 6  # rows; fewer prove nothing
Kind: TypeAlias = Literal["swapped", "apart", "repeated", "too low", "too high"]


@dataclass(frozen=True)
class Damage:
    """What a table looks like, the columns it is about, and how many powers of ten likelier that makes its rows."""

    kind: Kind
    columns: tuple[int, ...]
    orders: float
    rows: int
    share: float = 1.0
    """Of the rows, those with the value that is repeated."""

    @property
    def overwhelming(self) -> bool:
        """Whether the table should be refused."""
        return self.orders >= OVERWHELMING


def find_damage(
    joint: Joint, sample: Sample, order: Sequence[int], *, passed_over: Container[Kind] = ()
) -> Damage | None:
    """What the rows of a sample look like most; None where nothing speaks strongly for any damage.

    ``order`` are the columns, 0 to d - 1, as they stand beside each other in the file; kinds of damage that training
    rows look like themselves are to be ``passed_over`` (see `seeming_kinds`).
    """
    if len(sample.x) < FEWEST:
        return None
    found = [each for each in weigh_damage(joint, sample, order) if each.kind not in passed_over]
    likeliest = max(found, key=lambda each: each.orders, default=None)
    return likeliest if likeliest and likeliest.orders >= STRONG else None


def seeming_kinds(joint: Joint) -> frozenset[Kind]:
    """The kinds of damage that sound training rows seem to have, as far from normal as they may be distributed.

    Those that speak for it themselves, or strongly where one half of them is held against the other.
    """
    chosen = np.argsort(fingerprint(joint.x), kind="stable")  # an order that nothing else decides
    halves = (np.sort(chosen[::2]), np.sort(chosen[1::2]))
    found = _kinds_from(joint, joint.x, 0.0)
    for own, other in (halves, halves[::-1]):
        classes = np.unique(joint.classes[own], return_inverse=True)[1]
        found |= _kinds_from(Joint.of(joint.x[own], classes), joint.x[other], STRONG)
    return found


def _kinds_from(joint: Joint, x: Array, orders: float) -> frozenset[Kind]:
    """The kinds of damage that raw rows x (n, d) speak for by more than so many powers of ten."""
    weighed = weigh_damage(joint, Sample.of(np.arange(len(x)), x), range(x.shape[1]))
    return frozenset(each.kind for each in weighed if each.orders > orders)


def weigh_damage(joint: Joint, sample: Sample, order: Sequence[int]) -> Iterator[Damage]:
    """The likeliest damage of each kind."""
    _, first = np.unique(sample.x, axis=0, return_index=True)
    x, count = sample.x[np.sort(first)], len(order)
    looks = count * (count - 1) // 2 + (LOOKS_A_COLUMN + 1) * count + count * (count + 1)

    def damage(kind: Kind, columns: Sequence[int], nats: float, share: float = 1.0) -> Damage:
        return Damage(kind, tuple(columns), float(nats / np.log(10) - np.log10(looks)), len(sample.x), share)

    yield damage("swapped", *likeliest_swaps(joint, x))
    nats = apart(joint, x)
    yield damage("apart", [int(nats.argmax())], nats.max())
    shares, nats = repeated(joint, x)
    yield damage("repeated", [int(nats.argmax())], nats.max(), float(shares[nats.argmax()]))
    known = np.zeros(len(sample.x), dtype=bool)
    known[first] = True
    beside = np.diff(sample.numbers) == 1
    low = likeliest_shift(joint, sample.x, order, beside * known[:-1])
    high = likeliest_shift(joint, sample.x[::-1], order, (beside * known[1:])[::-1])
    shifts: list[tuple[Kind, Kind, tuple[tuple[int, ...], float]]]
    shifts = [("too low", "too high", low), ("too high", "too low", high)]
    for kind, other, (columns, gained) in shifts:
        rest = [each for each in order if each not in columns]
        # That most columns stand too high is to say that the others stand too low.
        yield damage(other, rest, gained) if len(rest) < len(columns) else damage(kind, columns, gained)
