"""The truth tally: labels held against their truth, counts that add up over chunks, and the figures they give."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any, Final, Self

import numpy as np

from flows.jobs.counts import counted
from flows.state.judgement import WAYS
from nn.conformal import LEVEL
from nn.intervals import chance_of_at_most, wilson

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

HOWS: Final = WAYS
"""How a truth is known: told, by a person who was shown the row, of a row drawn at random, or by the input itself.

Rows that the version was trained on are apart, however their truth is known: it knew it too.
"""
TRAINED: Final = HOWS.index("trained")
PICKED: Final = HOWS.index("reviewed")  # because they look doubtful: of all rows they say too little good
FEWEST: Final = 20  # rows: of fewer a single mistake, or a slip of the pen, would break a promise
BROKEN: Final = 1e-3  # the chance below which a promise is called broken
Counts = np.ndarray[Any, np.dtype[np.int64]]
Line = dict[str, Any]


@dataclass(frozen=True, eq=False)
class TruthTally:
    """Of rows with truth, for each way h in which it is known (see HOWS), k classes; tallies of different rows add up.

    ``confusion`` (h, k true, k labels), rows whose label set holds the truth (h,), sums of the confidence and of the
    log loss in nats (h,), ``review`` (put up for review or not, wrong or not), and of the rows that are known never to
    have been trained on those that are right, and all.
    """

    confusion: Counts
    covered: Counts
    confidence: np.ndarray[Any, Any]
    log_loss: np.ndarray[Any, Any]
    review: Counts
    unseen: Counts

    @classmethod
    def empty(cls, classes: int) -> Self:
        """The tally of no rows."""
        whole, ways = np.int64, len(HOWS)
        return cls(
            np.zeros((ways, classes, classes), whole), np.zeros(ways, whole), np.zeros(ways), np.zeros(ways),
            np.zeros((2, 2), whole), np.zeros(2, whole),
        )  # fmt: skip

    @classmethod
    def of(cls, rows: JudgedRows, classes: int) -> Self:
        """The tally of these rows."""
        ways, k, wrong = len(HOWS), classes, rows.truth != rows.label
        cells = (rows.how * k + rows.truth) * k + rows.label
        return cls(
            np.bincount(cells, minlength=ways * k * k).reshape(ways, k, k),
            np.bincount(rows.how, rows.covered, minlength=ways).astype(np.int64),
            np.bincount(rows.how, rows.confidence, minlength=ways),
            np.bincount(rows.how, rows.log_loss, minlength=ways),
            np.bincount(rows.review * 2 + wrong, minlength=4).reshape(2, 2),
            np.array([(~wrong & rows.unseen).sum(), rows.unseen.sum()]),
        )

    def __add__(self, other: Self) -> Self:
        """The rows of both."""
        return type(self)(*(getattr(self, each.name) + getattr(other, each.name) for each in fields(self)))

    @property
    def count(self) -> int:
        """How many rows there are."""
        return int(self.confusion.sum())

    def figures(self, names: Sequence[str]) -> Iterator[Line]:
        """The lines that are published: metric, label, other, value, count."""
        everything = [*range(len(HOWS))]
        yield {"metric": "judged", "value": self.count, "count": self.count}
        for how in everything:
            if rows := self._rows([how]):
                yield {"metric": "judged_rows", "label": HOWS[how], "value": rows, "count": self.count}
        yield from self._summary("", everything)
        yield from share("accuracy_unseen", int(self.unseen[0]), int(self.unseen[1]))
        yield {"metric": "promised_coverage", "value": LEVEL, "count": self.count}
        yield {"metric": "log_loss", "value": _mean(self.log_loss.sum(), self.count), "count": self.count}
        for how in everything:
            yield from self._summary(f"_{HOWS[how]}", [how]) if self._rows([how]) else ()
        yield from self._classes(names)
        for metric, (right, wrong) in zip(("others_wrong", "review_wrong"), self.review.tolist(), strict=True):
            yield {"metric": metric, "value": wrong, "count": right + wrong}
        yield from ({"metric": "broken_promise", "other": text, "count": self.count} for text in self.broken())

    def broken(self) -> Iterator[str]:
        """The promises that are broken beyond chance, by rows neither trained on nor picked for their doubt."""
        ways = [how for how in range(len(HOWS)) if how not in (PICKED, TRAINED)]
        rows, covered, right = self._rows(ways), int(self.covered[ways].sum()), self._right(ways)
        if rows < FEWEST:
            return
        if chance_of_at_most(covered, rows, LEVEL) < BROKEN:
            yield f"label sets hold the truth in {covered:,} of {counted(rows, 'row')}, {LEVEL:.0%} were promised"
        expected = _mean(self.confidence[ways].sum(), rows)
        if expected is not None and chance_of_at_most(right, rows, expected) < BROKEN:
            yield f"the label is right in {right:,} of {counted(rows, 'row')}, {expected:.1%} were expected"

    def _summary(self, suffix: str, ways: Sequence[int]) -> Iterator[Line]:
        rows = self._rows(ways)
        yield from share(f"accuracy{suffix}", self._right(ways), rows)
        expected = _mean(self.confidence[ways].sum(), rows)
        yield {"metric": f"expected_accuracy{suffix}", "value": expected, "count": rows}
        yield from share(f"coverage{suffix}", int(self.covered[ways].sum()), rows)

    def _classes(self, names: Sequence[str]) -> Iterator[Line]:
        counts = self.confusion.sum(axis=0)
        for place, name in enumerate(names):
            yield from share("class_accuracy", int(counts[place, place]), int(counts[place].sum()), name)
        for name, row in zip(names, counts.tolist(), strict=True):
            for other, count in zip(names, row, strict=True):
                yield {"metric": "confusion", "label": name, "other": other, "value": count, "count": self.count}

    def _rows(self, ways: Sequence[int]) -> int:
        return int(self.confusion[ways].sum())

    def _right(self, ways: Sequence[int]) -> int:
        return int(np.trace(self.confusion[ways].sum(axis=0)))


@dataclass(frozen=True, eq=False)
class JudgedRows:
    """Rows with truth, (n,) each: class indices of truth and label, how the truth is known, and what the label said."""

    truth: np.ndarray[Any, Any]
    label: np.ndarray[Any, Any]
    how: np.ndarray[Any, Any]
    covered: np.ndarray[Any, Any]
    confidence: np.ndarray[Any, Any]
    log_loss: np.ndarray[Any, Any]
    review: np.ndarray[Any, Any]
    unseen: np.ndarray[Any, Any]


def share(metric: str, right: int, count: int, label: str | None = None) -> Iterator[Line]:
    """A share with the ends of its 95 % interval; null where nothing was judged."""
    low, high = wilson(right, count) if count else (None, None)
    for name, value in ((metric, _mean(right, count)), (f"{metric}_low", low), (f"{metric}_high", high)):
        yield {"metric": name, "label": label, "value": value, "count": count}


def _mean(total: float, count: int) -> float | None:
    return float(total / count) if count else None
