"""Notices: what somebody should know of a run."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from flows.jobs.counts import counted
from flows.state.report import Report

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flows.jobs.batch import Batch

FEWEST: Final = 50  # rows below which a drift index says little


@dataclass(frozen=True)
class Thresholds:
    """The shares of rows above which somebody is alerted: of those rejected, and of those up for review."""

    rejects: float = 0.05
    review: float = 0.2


def notices(batch: Batch, alert: Thresholds) -> Iterator[str]:
    """What a person should look at in a batch: its refusal, shares above the alert thresholds, large drift."""
    if batch.status == "refused":
        yield f"{batch.batch} was refused: {batch.error}"
    if batch.status != "labelled":
        return
    for what, count, of, threshold in (
        ("rejected", batch.rejected, batch.rows, alert.rejects),
        ("to review", batch.review or 0, batch.labelled, alert.review),
    ):
        if count > threshold * of:
            yield f"{batch.batch}: {count:,} of {counted(of, 'row')} {what}, more than {threshold:.0%}"
    if features := _drifted(batch):
        yield f"{batch.batch}: large drift against the training rows in {', '.join(features)}"


def _drifted(batch: Batch) -> list[str]:
    report = Report.read(str(batch.report))
    indices = [*report.drift().items(), ("the labels", report.label_drift())]
    return [name for name, drift in indices if drift and drift.words == "large" and drift.rows >= FEWEST]
