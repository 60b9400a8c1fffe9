"""Bins: batches by when they were labelled, in equal parts of whole days, few enough to be drawn."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import TYPE_CHECKING, Final, Self

if TYPE_CHECKING:
    from collections.abc import Sequence

    from flows.state.figures import Figures

MOST: Final = 60
DAY: Final = 86_400  # seconds


@dataclass(frozen=True)
class Bins:
    """Batches by time: `parts`, of so many seconds each, the first of which begins at a midnight (UTC, since 1970)."""

    begin: int
    last: int
    """When the last day begins that holds a batch."""
    seconds: int
    parts: Sequence[Sequence[Figures]]

    @classmethod
    def of(cls, batches: Sequence[Figures]) -> Self:
        """At most MOST parts, the first and the last of which hold batches; of one batch or more."""
        days = [batch.labelled_at // DAY for batch in batches]
        first, count = min(days), max(days) - min(days) + 1
        width = -(-count // MOST)
        parts: list[list[Figures]] = [[] for _ in range(-(-count // width))]
        for batch, day in zip(batches, days, strict=True):
            parts[(day - first) // width].append(batch)
        return cls(first * DAY, max(days) * DAY, width * DAY, parts)

    def dates(self, part: int) -> str:
        """The day of a part, or its first and last."""
        begin = self.begin + part * self.seconds
        first, last = date_of(begin), date_of(min(self.last, begin + self.seconds - DAY))
        return first if first == last else f"{first} to {last}"

    def place(self, moment: datetime) -> float:
        """Where a moment lies, 0 being the beginning of the first part and 1 the end of the last."""
        return (moment.timestamp() - self.begin) / (self.seconds * len(self.parts))


def date_of(seconds: float) -> str:
    """The date of a moment, UTC.

    >>> date_of(86_400)
    '1970-01-02'
    """
    return _date(int(seconds // DAY))


@lru_cache(4_096)
def _date(day: int) -> str:
    return datetime.fromtimestamp(day * DAY, UTC).date().isoformat()
