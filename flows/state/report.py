"""The report of a batch: figures in long form, written and read in one place."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Self

import pyarrow as pa

from data.published import open_published
from schemas.results import reports_schema

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from data.places import Place

LINE: Final = ("metric", "label", "other", "value", "count")


@dataclass(frozen=True)
class Drift:
    """How far a feature, or the labels, lie from the training rows: a stability index, in words, of so many rows."""

    index: float
    words: str
    rows: int


@dataclass(frozen=True)
class Report:
    """The lines of one batch's report: metric, label, other, value, count."""

    lines: tuple[Mapping[str, Any], ...]

    @classmethod
    def read(cls, path: Place) -> Self:
        """The report in a published file."""
        # Of a dataset, as of a time, Arrow would import all of pandas.
        with open_published(path) as file:
            return cls(tuple(file.read(columns=[*LINE]).to_pylist()))

    def value(self, metric: str) -> float | None:
        """The value of a metric that stands once; None where there was nothing to judge."""
        return next(line["value"] for line in self.lines if line["metric"] == metric)  # type: ignore[no-any-return]

    def count(self, metric: str) -> int:
        """How many rows a metric that stands once is drawn from."""
        return next(line["count"] for line in self.lines if line["metric"] == metric)  # type: ignore[no-any-return]

    def text(self, metric: str) -> str:
        """The text of a metric that stands once; empty where it is not there."""
        return next((line["other"] for line in self.lines if line["metric"] == metric), "")

    def labels(self) -> dict[str, int]:
        """Rows labelled, by class."""
        return {line["label"]: int(line["value"]) for line in self._of("labels")}

    def confusion(self) -> dict[tuple[str, str], int]:
        """Rows by truth and label, in the order of the classes; empty where no row carries truth."""
        return {(line["label"], line["other"]): int(line["value"]) for line in self._of("confusion")}

    def truth(self) -> dict[str, int]:
        """Labelled rows by their truth, in the order of the classes; empty where no row carries any."""
        counts: dict[str, int] = {}
        for (truth, _), count in self.confusion().items():
            counts[truth] = counts.get(truth, 0) + count
        return counts

    def drift(self) -> dict[str, Drift]:
        """The drift of each feature, in their order; empty where no row was labelled."""
        return {line["label"]: _drift(line) for line in self._of("drift")}

    def label_drift(self) -> Drift | None:
        """The drift of the labels; None where no row was labelled."""
        return next(map(_drift, self._of("drift_labels")), None)

    def _of(self, metric: str) -> list[Mapping[str, Any]]:
        return [line for line in self.lines if line["metric"] == metric]


def report_table(
    figures: Sequence[Mapping[str, Any]], batch: str, model_version: int, labelled_at: datetime
) -> pa.Table:
    """The figures as the Arrow table that is published."""
    same = {"batch": batch, "model_version": model_version, "labelled_at": labelled_at}
    return pa.Table.from_pylist([{**same, **figure} for figure in figures], schema=reports_schema())


def labelled_at(path: Place) -> datetime:
    """When the batch of a published report was labelled."""
    with open_published(path) as file:
        (when,) = next(file.iter_batches(1, columns=["labelled_at"]))["labelled_at"].to_pylist()
    return when  # type: ignore[no-any-return]


def _drift(line: Mapping[str, Any]) -> Drift:
    return Drift(line["value"], line["other"], line["count"])
