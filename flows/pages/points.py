"""Points: what batches of one part of time come to, with an interval, and how that is said."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flows.pages.timeline import Point
from flows.state.figures import pooled
from nn.intervals import wilson

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from flows.state.figures import Figures


def rows(batches: Sequence[Figures]) -> Point:
    """The mean number of rows, between the smallest and the largest."""
    counts = [batch.rows for batch in batches]
    mean, low, high = sum(counts) / len(counts), min(counts), max(counts)
    return Point(mean, low, high, f"{number(mean)} rows ({low:,} to {high:,}), batches: {len(batches):,}")


def share(batches: Sequence[Figures], of: Callable[[Figures], tuple[int, int]]) -> Point | None:
    """A share of all their rows with its interval; None where there are no such rows."""
    parts, wholes = zip(*map(of, batches), strict=True)
    return _share(sum(parts), sum(wholes), "")


def accuracy(batches: Sequence[Figures]) -> tuple[Point, float] | None:
    """The accuracy of the rows with truth that nobody picked, and what was expected of them; None where none are."""
    judged = pooled([batch.unpicked for batch in batches])
    expected = judged.expected / judged.rows if judged.rows else 0.0
    found = _share(judged.right, judged.rows, f", expected {percent(expected)}")
    return (found, expected) if found else None


def drift(batches: Sequence[Figures]) -> Point:
    """The largest drift, down to that of the batch that drifted least."""
    most = max(batches, key=lambda batch: batch.drift)
    least = min(batch.drift for batch in batches)
    return Point(most.drift, least, most.drift, f"{most.drift:.2f} in {most.drifted or 'no feature'}")


def percent(value: float) -> str:
    """A share in percent.

    >>> percent(1.0), percent(0.0123)
    ('100%', '1.23%')
    """
    return f"{100 * value:.3g}%"


def number(value: float) -> str:
    """A count, or a mean of counts.

    >>> number(12345.6)
    '12,346'
    """
    return f"{value:,.0f}"


def _share(part: int, whole: int, more: str) -> Point | None:
    if not whole:
        return None
    low, high = wilson(part, whole)
    said = f"{percent(part / whole)} of {whole:,} rows ({percent(low)} to {percent(high)})"
    return Point(part / whole, low, high, said + more)
