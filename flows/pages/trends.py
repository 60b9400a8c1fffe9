"""Trends: how the batches of a table went over time, a timeline for each thing that is looked at."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from flows.pages import points
from flows.pages.bins import Bins
from flows.pages.timeline import Point, Timeline
from nn.drift import LARGE, MODERATE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from datetime import datetime

    from flows.state.figures import Figures

TOPS: Final = (0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0)  # of a scale of shares
BOTTOMS: Final = (0.98, 0.95, 0.9, 0.8, 0.5, 0.0)  # of one of accuracies
LEAST_DRIFT: Final = 0.3  # that the scale reaches, so that small drift looks small
JUDGED: Final = (
    "of rows with truth, with its 95 % interval; dashed: expected. "
    "Without rows picked for review, or known to be trained on."
)


class Trends:
    """The timelines of one table's batches, of which there is at least one."""

    def __init__(self, batches: Sequence[Figures], reigns: Sequence[tuple[datetime, int]]) -> None:
        self._bins = Bins.of(batches)
        self._dates = [self._bins.dates(part) for part in range(len(self._bins.parts))]
        places = {round(self._bins.place(moment), 3): f"{version}" for moment, version in reigns}
        self._marks = {at: text for at, text in places.items() if 0 <= at <= 1}

    def __iter__(self) -> Iterator[Timeline]:
        """Rows, rejects, review, accuracy, drift; what there is no point of is left out."""
        return (each for each in self._all() if any(each.points))

    def _all(self) -> Iterator[Timeline]:
        rows = self._each(points.rows)
        top = max(each.high for each in rows if each) or 1.0
        yield self._timeline("Rows", "a batch: mean, smallest to largest", rows, (0.0, top), points.number)
        yield self._shares("Rejected", "share of rows", lambda batch: (batch.rejected, batch.rows))
        yield self._shares("To review", "share of rows labelled", lambda batch: (batch.review, batch.labelled))
        yield self._accuracy()
        drift = self._each(points.drift)
        top = max([LEAST_DRIFT, *(each.high for each in drift if each)])
        meaning = "stability index of the feature that drifted most; dotted: moderate and large"
        yield self._timeline("Drift", meaning, drift, (0.0, top), "{:.2g}".format, limits=(MODERATE, LARGE))

    def _shares(self, title: str, of: str, counts: Callable[[Figures], tuple[int, int]]) -> Timeline:
        shares = self._each(lambda part: points.share(part, counts))
        high = max((each.high for each in shares if each), default=0.0)
        top = next(each for each in TOPS if high <= each)
        return self._timeline(title, f"{of}, with its 95 % interval", shares, (0.0, top), points.percent)

    def _accuracy(self) -> Timeline:
        found = self._each(points.accuracy)
        accuracy, expected = ([each and each[place] for each in found] for place in (0, 1))
        lowest = min((min(each[0].low, each[1]) for each in found if each), default=0.0)
        low = next(each for each in BOTTOMS if each <= lowest)
        return self._timeline("Accuracy", JUDGED, accuracy, (low, 1.0), points.percent, expected=expected)

    def _each(self, what: Callable[[Sequence[Figures]], Any]) -> list[Any]:
        """What each part comes to; None where it holds no batch."""
        return [what(part) if part else None for part in self._bins.parts]

    def _timeline(
        self,
        title: str,
        meaning: str,
        found: Sequence[Point | None],
        ends: tuple[float, float],
        scale: Callable[[float], str],
        **more: Any,
    ) -> Timeline:
        return Timeline(title, meaning, self._dates, found, *ends, scale, marks=self._marks, **more)
