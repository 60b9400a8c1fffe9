"""The tally: counts of a batch that add up over its chunks, and the figures they give."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any, Final, Self

import numpy as np

from nn.drift import in_words, stability_index
from nn.intervals import wilson
from nn.metrics import Judged
from nn.sample import Sample

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from data.layouts import Layout
    from nn.drift import Reference, Spread

AMBIGUOUS: Final = "labels left out: their numbers may count from 0 or from 1"


@dataclass(frozen=True, eq=False)
class Tally:
    """What was counted of some rows of a batch; tallies of different rows add up."""

    rows: int
    labelled: int
    rejected: int
    reject_counts: Counter[tuple[str | None, str]]
    label_counts: np.ndarray[Any, Any]
    confidence: float
    judged: Judged
    unseen: Judged
    review: int
    several: int
    spread: Spread
    unknown_truth: Counter[str]
    sample: Sample

    @classmethod
    def empty(cls, classes: int, reference: Reference) -> Self:
        """The tally of no rows."""
        judged = Judged(np.zeros((classes, classes), dtype=np.int64))
        none, sample = np.zeros(classes, dtype=np.int64), Sample.empty(len(reference.features))
        return cls(0, 0, 0, Counter(), none, 0.0, judged, judged, 0, 0, reference.empty(), Counter(), sample)

    def __add__(self, other: Self) -> Self:
        """The rows of both."""
        return type(self)(*(getattr(self, each.name) + getattr(other, each.name) for each in fields(self)))

    def figures(self, names: Sequence[str]) -> Iterator[dict[str, Any]]:
        """The lines of the report: metric, label, other, value, count."""
        for metric, value in (("rows", self.rows), ("labelled", self.labelled), ("rejected", self.rejected)):
            yield {"metric": metric, "value": value, "count": self.rows}
        for (column, rule), count in sorted(self.reject_counts.items(), key=str):
            yield {"metric": "rejected_cells", "label": column, "other": rule, "value": count, "count": self.rows}
        for name, count in zip(names, self.label_counts.tolist(), strict=True):
            yield {"metric": "labels", "label": name, "value": count, "count": self.labelled}
        yield {"metric": "review", "value": self.review, "count": self.labelled}
        yield {"metric": "several_labels", "value": self.several, "count": self.labelled}
        mean = self.confidence / self.labelled if self.labelled else None
        yield {"metric": "expected_accuracy", "value": mean, "count": self.labelled}
        yield from _accuracy("accuracy", self.judged)
        yield from _accuracy("accuracy_unseen", self.unseen)
        yield from _accuracy("accuracy_seen", self.judged - self.unseen)
        yield {"metric": "log_loss", "value": self.judged.log_loss, "count": self.judged.count}
        for text, count in sorted(self.unknown_truth.items()):
            yield {"metric": "unknown_truth", "other": text, "value": count, "count": self.labelled}
        if self.judged.count:
            for name, row in zip(names, self.judged.confusion.tolist(), strict=True):
                for other, count in zip(names, row, strict=True):
                    line = {"metric": "confusion", "label": name, "other": other}
                    yield line | {"value": count, "count": self.judged.count}


def report_figures(
    tally: Tally, repeated: int | None, layout: Layout, reference: Reference, classes: Sequence[str]
) -> Iterator[dict[str, Any]]:
    """All lines of a batch's report, ``repeated`` being how many rows repeat an earlier one of the file."""
    rows = tally.rows
    yield from tally.figures(classes)
    yield from _drift(tally, reference) if tally.labelled else ()
    yield {"metric": "repeated_rows", "value": repeated, "count": tally.labelled}
    yield {"metric": "layout", "other": layout.why, "count": rows}
    yield {"metric": "columns", "other": " · ".join(layout.uses()), "count": rows}
    left_out = [AMBIGUOUS] if layout.carries_truth and layout.truth.ambiguous else []
    yield from ({"metric": "remark", "other": text, "count": rows} for text in (*layout.remarks, *left_out))
    if layout.carries_truth:
        yield {"metric": "truth", "other": str(layout.truth), "count": rows}
    yield from ({"metric": "ignored_column", "other": name, "count": rows} for name in layout.ignored)


def _drift(tally: Tally, reference: Reference) -> Iterator[dict[str, Any]]:
    """An index and a share outside what the training rows have for each feature, and the index of the labels."""
    spread, rows = tally.spread, tally.labelled
    for place, name in enumerate(reference.features):
        yield _index("drift", name, stability_index(spread.bins[place], reference.counts[place]), rows)
        yield {"metric": "outside_training_range", "label": name, "value": spread.outside[place] / rows, "count": rows}
    yield _index("drift_labels", None, stability_index(tally.label_counts, reference.labels), rows)


def _index(metric: str, label: str | None, index: float, rows: int) -> dict[str, Any]:
    return {"metric": metric, "label": label, "other": in_words(index), "value": index, "count": rows}


def _accuracy(metric: str, judged: Judged) -> Iterator[dict[str, Any]]:
    """An accuracy with the ends of its 95 % interval; null where nothing was judged."""
    right = int(np.trace(judged.confusion))
    low, high = wilson(right, judged.count) if judged.count else (None, None)
    for name, value in ((metric, judged.accuracy), (f"{metric}_low", low), (f"{metric}_high", high)):
        yield {"metric": name, "value": value, "count": judged.count}
