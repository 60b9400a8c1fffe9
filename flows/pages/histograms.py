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
READING: Final = (
    "Each pale bar is a tenth of the training rows, from their least value to their greatest; the dark one is the "
    "share of this batch. Drift is the population stability index; what lies outside counts in the bars at the ends."
)
LEVELS: Final = " Of a category each bar is a level: point at it to read which."
MOST: Final = 60  # features that are drawn
LONGEST: Final = 24  # characters of a name
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
    """A drawing for each feature, as markup; of very many those that have drifted most, in their order."""
    pairs = zip(spread.bins, reference.counts, strict=True)
    indices = [stability_index(batch, training) for batch, training in pairs]
    least = sorted(indices, reverse=True)[:MOST][-1]
    shown = [each for each, index in zip(_histograms(reference, spread), indices, strict=True) if index >= least]
    return rendered("histograms.html", histograms=shown[:MOST], height=HEIGHT)


def reading(reference: Reference) -> str:
    """How the drawings are read."""
    levels = LEVELS if any(isinstance(each, Levels) for each in reference.bins) else ""
    fewer = f" Of all measurements the {MOST} that have drifted most." if len(reference.features) > MOST else ""
    return f"{READING}{levels}{fewer}"


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
            name=_short(name),
            bars=[*_bars(wheres, *(each.tolist() for each in shares))],
            low=_short(ends[0]),
            high=_short(ends[-1]),
            drift=f"{index:.2f}, {in_words(index)}",
            outside=f"{lies:.1%} outside" if lies else "",
            large=in_words(index) == "large",
        )


def _short(text: str) -> str:
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"


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
