"""Consistency: whether the columns of a table go together as they do in the training rows.

Each cell can be plausible and the row impossible. Four kinds of damage are weighed against the table as it stands, each
by how many times likelier it makes the rows, in powers of ten: columns swapped; a column apart from the others, sorted,
shuffled or filled in by itself; a column with one value in far too many rows; a block of columns a row too low or too
high. A ratio of likelihoods is above any number by chance at most once in so many times (Markov's inequality); for the
many things looked at it is divided by their number (Bonferroni).

What another laboratory does differently is left free: see `nn.apart`. A row that occurs again, or
nearly so, is counted once.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal, TypeAlias

import numpy as np

from nn.apart import LOOKS_A_COLUMN, apart, repeated
from nn.shifts import likeliest_shift
from nn.swaps import SPANS, likeliest_swaps

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from nn.joint import Joint
    from nn.sample import Sample

STRONG: Final = 5.0  # powers of ten from which a table is suspect
OVERWHELMING: Final = 9.0  # and from which it is refused
FEWEST: Final = 6  # rows; fewer prove nothing
KINDS: Final = 4
Kind: TypeAlias = Literal["swapped", "apart", "repeated", "too low", "too high"]


@dataclass(frozen=True)
class Damage:
    """What a table looks like, the columns it is about, and how many powers of ten likelier that makes its rows."""

    kind: Kind
    columns: tuple[int, ...]
    orders: float
    rows: int
    share: float = 1.0
    """Of the rows, those that are swapped, or with the value that is repeated."""

    @property
    def overwhelming(self) -> bool:
        """Whether the table should be refused."""
        return self.orders >= OVERWHELMING


def find_damage(joint: Joint, sample: Sample, order: Sequence[int]) -> Damage | None:
    """What the rows of a sample look like most; None where nothing speaks strongly for any damage.

    ``order`` are the columns, 0 to d - 1, as they stand beside each other in the file.
    """
    if len(sample.x) < FEWEST:
        return None
    likeliest = max(weigh_damage(joint, sample, order), key=lambda each: each.orders)
    return likeliest if likeliest.orders >= STRONG else None


def weigh_damage(joint: Joint, sample: Sample, order: Sequence[int]) -> Iterator[Damage]:
    """The likeliest damage of each kind."""
    once = joint.distinct(sample.x)
    x, count = sample.x[once], len(order)

    def damage(kind: Kind, columns: Sequence[int], nats: float, looks: int, share: float = 1.0) -> Damage:
        orders = float(nats / np.log(10) - np.log10(looks * KINDS))
        return Damage(kind, tuple(columns), orders, len(sample.x), share)

    columns, nats, share = likeliest_swaps(joint, x)
    yield damage("swapped", columns, nats, count * (count - 1) // 2 * len(SPANS), share)
    alone = apart(joint, x)
    yield damage("apart", [int(alone.argmax())], alone.max(), count * LOOKS_A_COLUMN)
    shares, often = repeated(joint, x)
    yield damage("repeated", [int(often.argmax())], often.max(), count, float(shares[often.argmax()]))
    known = np.zeros(len(sample.x), dtype=bool)
    known[once] = True
    beside = np.diff(sample.numbers) == 1
    low = likeliest_shift(joint, sample.x, order, beside * known[:-1])
    high = likeliest_shift(joint, sample.x[::-1], order, (beside * known[1:])[::-1])
    shifts: list[tuple[Kind, Kind, tuple[tuple[int, ...], float]]]
    shifts = [("too low", "too high", low), ("too high", "too low", high)]
    for kind, other, (moved, gained) in shifts:
        rest = [each for each in order if each not in moved]
        # That most columns stand too high is to say that the others stand too low.
        named, columns = (other, tuple(rest)) if len(rest) < len(moved) else (kind, moved)
        yield damage(named, columns, gained, count * (count + 1))
