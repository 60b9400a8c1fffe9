"""Judged: what labels came to, held against their truth, at the terminal and as a document."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from flows.cli.grid import Grid, Side
from flows.jobs.counts import counted

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flows.state.report import Report

FIGURES: Final = (
    "accuracy", "accuracy_low", "accuracy_high", "accuracy_unseen", "expected_accuracy",
    "coverage", "coverage_low", "coverage_high", "promised_coverage",
)  # fmt: skip
WAYS: Final = ("told", "reviewed", "sampled", "input")
SIDES: Final[dict[str, Side]] = {
    "truth": "left", "rows": "right", "accuracy": "right", "interval": "left",
    "expected": "right", "in label set": "right",
}  # fmt: skip


def judged_document(batch: str, report: Report) -> dict[str, Any]:
    """A judged batch as `--json` shows it."""
    figures = {name: report.value(name) for name in FIGURES}
    ways = {way: {"rows": rows, **_interval(report, way)} for way in WAYS if (rows := _rows(report, way))}
    return {
        "batch": batch,
        "labelled": int(report.value("labelled") or 0),
        "judged": int(report.value("judged") or 0),
        **figures,
        "ways": ways,
        "review_wrong": report.value("review_wrong"),
        "others_wrong": report.value("others_wrong"),
        "broken_promises": broken_promises(report),
    }


def judged_lines(batch: str, report: Report) -> Iterator[Any]:
    """A judged batch as a person reads it."""
    judged, labelled = (int(report.value(name) or 0) for name in ("judged", "labelled"))
    yield f"{batch}: the truth of {judged:,} of {counted(labelled, 'labelled row')} is known"
    yield from (f"  look at: {text}" for text in broken_promises(report))
    rows = [_line("all", report, judged, "")]
    rows += [_line(way, report, count, f"_{way}") for way in WAYS if (count := _rows(report, way)) not in (0, judged)]
    yield Grid(SIDES, rows)
    for metric, what in (("review_wrong", "put up for review"), ("others_wrong", "of the others")):
        yield f"  {int(report.value(metric) or 0):,} of {counted(report.count(metric), 'row')} {what} wrong"
    yield f"  label sets were promised to hold the truth in {report.value('promised_coverage') or 0:.0%}"


def broken_promises(report: Report) -> list[str]:
    """The promises that a judged batch has broken, a sentence each."""
    return [line["other"] for line in report.lines if line["metric"] == "broken_promise"]


def _rows(report: Report, way: str) -> int:
    lines = (line for line in report.lines if line["metric"] == "judged_rows" and line["label"] == way)
    return next((int(line["value"]) for line in lines), 0)


def _interval(report: Report, way: str) -> dict[str, float | None]:
    return {f"accuracy{end}": report.value(f"accuracy_{way}{end}") for end in ("", "_low", "_high")}


def _line(name: str, report: Report, rows: int, suffix: str) -> tuple[str, ...]:
    """A row of the grid: the figures of the rows whose truth is known in one way."""
    accuracy, low, high = (report.value(f"accuracy{suffix}{end}") or 0.0 for end in ("", "_low", "_high"))
    expected, coverage = (report.value(f"{metric}{suffix}") or 0.0 for metric in ("expected_accuracy", "coverage"))
    return (
        f"  {name}",
        f"{rows:,}",
        f"{accuracy:.2%}",
        f"{low:.1%} to {high:.1%}",
        f"{expected:.2%}",
        f"{coverage:.2%}",
    )
