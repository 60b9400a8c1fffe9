"""Histograms: for each feature the rows of a batch beside the training rows, small and many."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from flows.pages.page import rendered
from flows.state.unusual import figure
from nn.bins import Levels
from nn.drift import in_words, stability_index

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from nn.bins import Bins
    from nn.drift import Reference, Spread

HEIGHT: Final = 40  # of a drawing, in its own units; 100 wide
HIGHEST: Final = 0.25  # a share that is always within a drawing


@dataclass(frozen=True)
class Bar:
    """The rows of a batch, and those of training, within one bin of the training rows, as heights of bars."""

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
    rows = max(1, *(int(counts.sum()) for counts in spread.bins))  # a level that no bin is for is in none
    parts = zip(reference.features, reference.bins, reference.counts, spread.bins, spread.outside, strict=True)
    for name, bins, training, batch, outside in parts:
        index = stability_index(batch, training)
        shares = (counts / max(counts.sum(), 1) for counts in (batch, training))
        wheres = _wheres(bins)
        lies = outside / rows
        ends = wheres if isinstance(bins, Levels) else [figure(bins.low), figure(bins.high)]
        yield Histogram(
            name=name,
            bars=[*_bars(wheres, *(each.tolist() for each in shares))],
            low=ends[0],
            high=ends[-1],
            drift=f"{index:.2f}, {in_words(index)}",
            outside=f"{lies:.1%} outside" if lies else "",
            large=in_words(index) == "large",
        )


def _wheres(bins: Bins) -> Sequence[str]:
    """What the values in each bin are."""
    if isinstance(bins, Levels):
        return bins.column.said
    ends = [figure(float(each)) for each in (bins.low, *bins.edges, bins.high)]
    spans = [f"{one} to {other}" for one, other in zip(ends, ends[1:], strict=False)]
    return [*spans, *["missing"] * bins.missing]


def _bars(wheres: Sequence[str], batch: Sequence[float], training: Sequence[float]) -> Iterator[Bar]:
    scale = HEIGHT / max(HIGHEST, *batch, *training)
    width = 100 / len(batch)
    for at, (where, found, usual) in enumerate(zip(wheres, batch, training, strict=True)):
        said = f"{where}: {found:.1%} of this batch, {usual:.1%} of the training rows"
        yield Bar(round(at * width, 1), width, round(found * scale, 1), round(usual * scale, 1), said)
