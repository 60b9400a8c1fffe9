"""Warnings: what a batch's report says that somebody should know, in sentences."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from nn.drift import LARGE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flows.state.report import Report

FEWEST: Final = 50  # rows below which a drift index says little
CHANCE: Final = 18  # over the rows: twice what the index of ten bins comes to by chance alone
FEWEST_JUDGED: Final = 20
REVIEW: Final = 0.2  # of rows: far more than is promised of rows like those of training
MORE: Final = 0.1  # of rows, beyond what the training rows would have
SHORTFALL: Final = 0.05  # of accuracy, beyond what chance explains


def warnings(report: Report) -> Iterator[str]:
    """All that a report warns of."""
    labelled, review = int(report.value("labelled") or 0), int(report.value("review") or 0)
    if labelled >= FEWEST_JUDGED and many_to_review(report):
        unlike = "far more than of rows like those of training: label sets may not hold what they promise"
        yield f"{review:,} of {labelled:,} rows to review, {unlike}"
    yield from unlike_training(report)


def many_to_review(report: Report) -> bool:
    """Whether far more rows are up for review than there would be of rows like those of training."""
    return (report.value("review") or 0) > most_to_review(report) * (report.value("labelled") or 0)


def most_to_review(report: Report, least: float = REVIEW) -> float:
    """The share of rows up for review above which it is more than usual, and more than a ``least`` that is borne."""
    usual = next((line["value"] for line in report.lines if line["metric"] == "usual_review"), 0.0)  # not in older ones
    return max(least, usual + MORE)


def unlike_training(report: Report) -> Iterator[str]:
    """Large drift, accuracy far from expected, labels left out, and what was noticed of the columns."""
    drifted = [
        name
        for name, drift in [*report.drift().items(), ("the labels", report.label_drift())]
        if drift and drift.rows >= FEWEST and drift.index > LARGE + CHANCE / drift.rows
    ]
    if drifted:
        yield f"large drift against the training rows in {', '.join(drifted)}"
    yield from _accuracy(report)
    yield from (line["other"] for line in report.lines if line["metric"] == "remark")


def _accuracy(report: Report) -> Iterator[str]:
    accuracy, highest, expected = (report.value(name) for name in ("accuracy", "accuracy_high", "expected_accuracy"))
    rows = sum(report.truth().values())
    if accuracy is None or highest is None or expected is None or rows < FEWEST_JUDGED:
        return
    if highest < expected - SHORTFALL:
        yield f"accuracy {accuracy:.0%} on {rows:,} rows with truth, where the model expected {expected:.0%}"
