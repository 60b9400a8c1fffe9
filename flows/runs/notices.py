"""Notices: what somebody should know of a run."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from data.places import place_of
from flows.jobs.counts import counted
from flows.state.printable import printable
from flows.state.report import Report
from flows.state.warnings import most_to_review, unlike_training

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flows.jobs.batch import Batch


@dataclass(frozen=True)
class Thresholds:
    """The shares of rows above which somebody is alerted: of those rejected, and of those up for review."""

    rejects: float = 0.05
    review: float = 0.2


def notices(batch: Batch, alert: Thresholds) -> Iterator[str]:
    """What a person should look at in a batch: its refusal, suspicion, shares above the alert thresholds, warnings."""
    yield from map(printable, _notices(batch, alert))


def _notices(batch: Batch, alert: Thresholds) -> Iterator[str]:
    if batch.status == "refused":
        yield f"{batch.batch} was refused: {batch.error}"
    if batch.status != "labelled":
        return
    report = Report.read(place_of(str(batch.report)))
    for what, count, of, threshold in (
        ("rejected", batch.rejected, batch.rows, alert.rejects),
        ("to review", batch.review or 0, batch.labelled, most_to_review(report, alert.review)),
    ):
        if count > threshold * of:
            yield f"{batch.batch}: {count:,} of {counted(of, 'row')} {what}, more than {threshold:.0%}"
    if batch.suspect:
        yield f"{batch.batch}: {batch.suspect}"
    yield from (f"{batch.batch}: {text}" for text in unlike_training(report))
