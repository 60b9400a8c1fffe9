"""Charts: inline SVG, in the colours of the page they stand on, light or dark."""

from __future__ import annotations

import io
import re
import warnings
from typing import TYPE_CHECKING, Any, Final

from matplotlib import style
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator, PercentFormatter

from nn.drift import LARGE, MODERATE

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from matplotlib.axes import Axes

INK: Final = "#010101"  # these are stand-ins: the page says what they are, by day and by night
ACCENT: Final = "#020202"
SECOND: Final = "#030303"
FAINT: Final = "#040404"
COLOURS: Final = {INK: "var(--ink)", ACCENT: "var(--accent)", SECOND: "var(--second)", FAINT: "var(--faint)"}
STYLE: Final[Any] = {
    "svg.fonttype": "none", "svg.hashsalt": "wine-labels", "font.family": "sans-serif", "font.size": 11,
    "text.color": INK, "axes.labelcolor": INK, "xtick.color": INK, "ytick.color": INK, "axes.edgecolor": FAINT,
    "axes.spines.top": False, "axes.spines.right": False, "axes.axisbelow": True, "grid.color": FAINT,
    "figure.facecolor": "none", "axes.facecolor": "none", "legend.frameon": False,
}  # fmt: skip
WIDE: Final = 7.0  # inches, in which letters have their size
NARROW: Final = 5.2  # of what is to be read on a telephone too
MARKED: Final = 60  # points below which each is shown
MOST: Final = 40  # features that a chart has room for
LONGEST: Final = 32  # characters of a name beside a bar


@style.context(STYLE, after_reset=True)
def labels_chart(counts: Mapping[str, int]) -> str:
    """Rows labelled, by class."""
    figure, (axes,) = _figure(height=0.5 + 0.45 * len(counts), width=NARROW)
    bars = axes.barh(range(len(counts)), list(counts.values()), color=ACCENT, height=0.6)
    axes.set_yticks(range(len(counts)), [*map(_shown, counts)])
    axes.bar_label(bars, labels=[f"{count:,}" for count in counts.values()], padding=4)
    axes.invert_yaxis()
    axes.margins(x=0.15)
    axes.set_xlabel("rows labelled (count)")
    axes.xaxis.set_major_locator(MaxNLocator(5, integer=True))
    return _svg(figure, "Rows labelled, by class")


@style.context(STYLE, after_reset=True)
def confidence_chart(counts: Sequence[int]) -> str:
    """How many rows have which confidence, in equal bins from 0 to 1."""
    figure, (axes,) = _figure(height=2.6, width=NARROW)
    width = 1 / len(counts)
    places = [(at + 0.5) * width for at in range(len(counts))]
    axes.bar(places, [count or float("nan") for count in counts], width=width * 0.9, color=ACCENT)
    axes.set_yscale("log")
    axes.set_xlim(0, 1)
    axes.set_ylim(bottom=0.6)
    axes.xaxis.set_major_formatter(PercentFormatter(1))
    axes.set_xlabel("confidence: probability of the label (%)")
    axes.set_ylabel("rows (count, log scale)")
    axes.grid(axis="y")
    return _svg(figure, "Rows by confidence")


@style.context(STYLE, after_reset=True)
def drift_chart(drift: Mapping[str, float]) -> str:
    """The population stability index of each feature, beside what is moderate and large; of many those that drift."""
    drift = dict(sorted(drift.items(), key=lambda each: -each[1])[:MOST]) if len(drift) > MOST else drift
    figure, (axes,) = _figure(height=max(1.4, 0.9 + 0.27 * len(drift)), width=NARROW)
    colours = [SECOND if value >= LARGE else ACCENT for value in drift.values()]
    axes.barh(range(len(drift)), list(drift.values()), color=colours, height=0.65)
    axes.set_yticks(range(len(drift)), [*map(_shown, drift)])
    for limit, name in ((MODERATE, "moderate"), (LARGE, "large")):
        axes.axvline(limit, color=INK, linewidth=0.8, linestyle=":")
        axes.text(limit, -0.8, f" {name}", ha="left", va="bottom", fontsize=9)
    axes.invert_yaxis()
    axes.set_xlim(0, max(0.3, 1.1 * max(drift.values(), default=0)))
    axes.set_xlabel("drift against the training rows (population stability index, no unit)")
    return _svg(figure, "Drift by feature")


@style.context(STYLE, after_reset=True)
def training_chart(epochs: Sequence[int], loss: Sequence[float], accuracy: Sequence[float]) -> str:
    """Loss and accuracy on the training rows, by epoch."""
    figure, (above, below) = _figure(height=4.4, rows=2)
    above.plot(epochs, loss, color=ACCENT, marker="o" if len(epochs) < MARKED else "")
    above.set_ylabel("loss (nats)")
    below.plot(epochs, accuracy, color=SECOND, marker="o" if len(epochs) < MARKED else "")
    below.set_ylabel("training accuracy (%)")
    below.yaxis.set_major_formatter(PercentFormatter(1))
    below.set_xlabel("epoch (count)")
    for axes in (above, below):
        axes.grid(axis="y")
    return _svg(figure, "Loss and accuracy on the training rows, by epoch")


@style.context(STYLE, after_reset=True)
def calibration_chart(confidence: Sequence[float], accuracy: Sequence[float], counts: Sequence[int]) -> str:
    """Observed accuracy of held-out predictions by their confidence; on the diagonal the two agree."""
    figure, (axes,) = _figure(height=3.4)
    axes.plot([0, 1], [0, 1], color=INK, linewidth=0.8, linestyle=":", label="perfectly calibrated")
    sizes = [20 + 180 * count / max(counts) for count in counts]
    axes.scatter(confidence, accuracy, s=sizes, color=ACCENT, label="held-out rows (area: count)", zorder=2)
    axes.set_xlim(0, 1.04)
    axes.set_ylim(-0.04, 1.04)
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_major_formatter(PercentFormatter(1))
    axes.set_xlabel("mean confidence (%)")
    axes.set_ylabel("observed accuracy (%)")
    axes.legend(loc="upper left")
    axes.grid()
    return _svg(figure, "Calibration on held-out rows")


def _shown(name: str) -> str:
    """A name of any sort as a chart writes it: not as a formula, and not longer than there is room."""
    short = name if len(name) <= LONGEST else f"{name[: LONGEST - 1]}…"
    return short.replace("$", r"\$")


def _figure(height: float, rows: int = 1, width: float = WIDE) -> tuple[Figure, list[Axes]]:
    figure = Figure(figsize=(width, height), layout="constrained")
    found: Any = figure.subplots(rows, 1, sharex=True, squeeze=False)
    return figure, list(found[:, 0])


def _svg(figure: Figure, title: str) -> str:
    """The figure as an `svg` element that scales with the page, is read out as its title, and names no colour."""
    content = io.StringIO()
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Glyph .* missing")  # the reader's browser draws the letters, with its fonts
        figure.savefig(content, format="svg", metadata={"Date": None, "Creator": None, "Format": None, "Type": None})
    text = content.getvalue()
    text = text[text.index("<svg") :]
    text = re.sub(r"<metadata>.*?</metadata>", "", text, flags=re.DOTALL)
    for stand_in, colour in COLOURS.items():
        text = text.replace(stand_in, colour)
    text = re.sub(r'(<svg [^>]*?)width="[^"]*" height="[^"]*"', r"\1", text, count=1)
    text = re.sub(r'height="[\d.]+pt"|width="[\d.]+pt"', "", text, count=2)
    return text.replace("<svg ", f'<svg role="img" aria-label="{title}" ', 1)
