"""The report: counts of a batch that add up over its chunks, and the figures they give, in long form."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any, Self

import numpy as np
import pyarrow as pa

from flows.reference import BINS, Spread
from nn.intervals import wilson
from nn.metrics import Judged
from schemas.results import reports_schema

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime


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

    @classmethod
    def empty(cls, classes: int, features: int) -> Self:
        """The tally of no rows."""
        judged = Judged(np.zeros((classes, classes), dtype=np.int64))
        spread = Spread(np.zeros((features, BINS), dtype=np.int64), np.zeros(features, dtype=np.int64))
        return cls(0, 0, 0, Counter(), np.zeros(classes, dtype=np.int64), 0.0, judged, judged, 0, 0, spread, Counter())

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


def _accuracy(metric: str, judged: Judged) -> Iterator[dict[str, Any]]:
    """An accuracy with the ends of its 95 % interval; null where nothing was judged."""
    right = int(np.trace(judged.confusion))
    low, high = wilson(right, judged.count) if judged.count else (None, None)
    for name, value in ((metric, judged.accuracy), (f"{metric}_low", low), (f"{metric}_high", high)):
        yield {"metric": name, "value": value, "count": judged.count}


def figure(report: pa.Table, metric: str) -> float | None:
    """The value of a metric that a report gives once; None where there was nothing to judge."""
    return next(line["value"] for line in report.to_pylist() if line["metric"] == metric)  # type: ignore[no-any-return]


def truth_counts(report: pa.Table) -> dict[str, int]:
    """How many labelled rows carry each class as their truth, by name; empty where no row carries any."""
    counts: Counter[str] = Counter()
    for line in report.to_pylist():
        if line["metric"] == "confusion":
            counts[line["label"]] += int(line["value"])
    return dict(counts)


def report_table(figures: list[dict[str, Any]], batch: str, model_version: int, labelled_at: datetime) -> pa.Table:
    """The figures as the Arrow table that is published."""
    same = {"batch": batch, "model_version": model_version, "labelled_at": labelled_at}
    return pa.Table.from_pylist([same | figure for figure in figures], schema=reports_schema())
