"""A timeline: one small line chart over parts of time, whose values are shown on hover or focus without a script.

The lines are SVG stretched to the width there is; all words are HTML over it, so that they keep their size. Each part
is a radio button: the tab key goes from chart to chart, the arrows from part to part.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from html import escape
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

HEIGHT: Final = 100
STEP: Final = 10  # of a part, in the units of the drawing
DATE: Final = len("2026-01-31")
APART: Final = 0.06  # of the width: champions closer than that are not all named


class Point(NamedTuple):
    """A value and its interval, and how it is said."""

    value: float
    low: float
    high: float
    said: str


@dataclass(frozen=True)
class Timeline:
    """What is drawn: a point for each part of time that has one, between two ends of the scale."""

    title: str
    meaning: str
    dates: Sequence[str]
    """What each part is called."""
    points: Sequence[Point | None]
    low: float
    high: float
    scale: Callable[[float], str]
    """How an end of the scale is written."""
    expected: Sequence[float | None] = ()
    limits: Sequence[float] = ()
    marks: Mapping[float, str] = field(default_factory=dict)
    """Where on the way from 0 to 1 something changed, and to what."""

    def draw(self, name: str) -> str:
        """The chart as markup; the name is its own on the page."""
        radios = "".join(self._radios(name))
        latest = next(text for text in reversed([*self._texts()]) if text)
        return (
            f'<figure class="time"><figcaption><b>{escape(self.title)}</b> {escape(self.meaning)}</figcaption>\n'
            f'<div class="plot"><svg viewBox="0 0 {STEP * len(self.points)} {HEIGHT}" preserveAspectRatio="none" '
            f'aria-hidden="true">{"".join(self._paths())}</svg>\n'
            f'<span class="high">{self.scale(self.high)}</span><span class="low">{self.scale(self.low)}</span>'
            f"{''.join(self._names())}\n"
            f'<div class="parts" role="radiogroup" aria-label="{escape(self.title)}">{radios}</div>\n'
            f'<p class="latest">{latest}</p>\n'
            f'<div class="dates"><span>{self.dates[0][:DATE]}</span><span>{self.dates[-1][-DATE:]}</span></div>'
            "</div></figure>\n"
        )

    def _paths(self) -> Iterator[str]:
        width = STEP * len(self.points)
        for kind, places in (
            ("mark", [f"M{at * width:.1f} 0V{HEIGHT}" for at in self.marks]),
            ("limit", [f"M0 {self._y(limit)}H{width}" for limit in self.limits if limit <= self.high]),
            ("range", [f"M{x} {self._y(each.low)}V{self._y(each.high)}" for x, each in self._placed()]),
            ("expected", _line([(_x(at), self._y(each)) for at, each in enumerate(self.expected) if each is not None])),
            ("line", _line([(x, self._y(each.value)) for x, each in self._placed()])),
            ("dot", [f"M{x} {self._y(each.value)}h0" for x, each in self._placed()]),
        ):
            if places:
                yield f'<path class="{kind}" d="{"".join(places)}"/>'

    def _placed(self) -> list[tuple[int, Point]]:
        return [(_x(at), each) for at, each in enumerate(self.points) if each]

    def _y(self, value: float) -> float:
        share = (value - self.low) / (self.high - self.low)
        return round(HEIGHT * (1 - min(1.0, max(0.0, share))), 1)

    def _names(self) -> Iterator[str]:
        last = -1.0
        for at, text in self.marks.items():
            if at - last >= APART:
                yield f'<span class="name" style="left:{at:.1%}">{escape(text)}</span>'
                last = at

    def _radios(self, name: str) -> Iterator[str]:
        for text in self._texts():
            yield f"<label><input type=radio name={name}><span>{text}</span></label>" if text else "<i></i>"

    def _texts(self) -> Iterator[str]:
        for dates, each in zip(self.dates, self.points, strict=True):
            yield f"{dates}: {escape(each.said)}" if each else ""


def _x(part: int) -> int:
    return part * STEP + STEP // 2


def _line(places: Sequence[tuple[int, float]]) -> list[str]:
    """A line through these places; of one alone a short one."""
    if len(places) == 1:
        return [f"M{x - 1} {y}h2" for x, y in places]
    return [f"{'L' if at else 'M'}{x} {y}" for at, (x, y) in enumerate(places)]
