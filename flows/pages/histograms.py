"""Histograms: for each feature the rows of a batch beside the training rows, small and many."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from flows.pages.page import rendered
from flows.state.unusual import figure
from nn.drift import in_words, stability_index

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from nn.drift import Reference, Spread

HEIGHT: Final = 40  # of a drawing, in its own units; 100 wide
HIGHEST: Final = 0.25  # a share that is always within a drawing


@dataclass(frozen=True)
class Bar:
    """The rows of a batch, and those of training, within one tenth of the training rows, as heights of bars."""

    left: float
    width: float
    batch: float
    training: float
    said: str


@dataclass(frozen=True)
class Histogram:
    """One feature: its bars, and what they say in words."""

    name: str
    bars: Sequence[Bar]
    low: str
    high: str
    drift: str
    outside: str
    large: bool


def histograms(reference: Reference, spread: Spread) -> str:
    """A drawing for each feature, as markup."""
    return rendered("histograms.html", histograms=[*_histograms(reference, spread)], height=HEIGHT)


def _histograms(reference: Reference, spread: Spread) -> Iterator[Histogram]:
    for at, name in enumerate(reference.features):
        batch, training = (counts[at] / max(counts[at].sum(), 1) for counts in (spread.bins, reference.counts))
        index = stability_index(spread.bins[at], reference.counts[at])
        outside = spread.outside[at] / max(spread.bins[at].sum(), 1)
        ends = [float(each) for each in (reference.low[at], *reference.edges[at], reference.high[at])]
        yield Histogram(
            name=name,
            bars=[*_bars(ends, batch.tolist(), training.tolist())],
            low=figure(ends[0]),
            high=figure(ends[-1]),
            drift=f"{index:.2f}, {in_words(index)}",
            outside=f"{outside:.1%} outside" if outside else "",
            large=in_words(index) == "large",
        )


def _bars(ends: Sequence[float], batch: Sequence[float], training: Sequence[float]) -> Iterator[Bar]:
    scale = HEIGHT / max(HIGHEST, *batch, *training)
    width = 100 / len(batch)
    for at, (found, usual) in enumerate(zip(batch, training, strict=True)):
        where = f"{figure(ends[at])} to {figure(ends[at + 1])}"
        said = f"{where}: {found:.1%} of this batch, {usual:.1%} of the training rows"
        yield Bar(round(at * width, 1), width, round(found * scale, 1), round(usual * scale, 1), said)
