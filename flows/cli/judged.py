"""Judged: what labels came to, held against their truth, at the terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from flows.cli.grid import Grid, Side
from flows.jobs.counts import counted
from flows.state.judgement import WAYS, broken_promises, rows_known

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flows.state.report import Report

SIDES: Final[dict[str, Side]] = {
    "truth": "left", "rows": "right", "accuracy": "right", "interval": "left",
    "expected": "right", "in label set": "right",
}  # fmt: skip


def judged_lines(batch: str, report: Report) -> Iterator[Any]:
    """A judged batch as a person reads it."""
    judged, labelled = (int(report.value(name) or 0) for name in ("judged", "labelled"))
    yield f"{batch}: the truth of {judged:,} of {counted(labelled, 'labelled row')} is known"
    yield from (f"  look at: {text}" for text in broken_promises(report))
    rows = [_line("all", report, judged, "")]
    rows += [
        _line(way, report, count, f"_{way}") for way in WAYS if (count := rows_known(report, way)) not in (0, judged)
    ]
    yield Grid(SIDES, rows)
    for metric, what in (("review_wrong", "put up for review"), ("others_wrong", "of the others")):
        yield f"  {int(report.value(metric) or 0):,} of {counted(report.count(metric), 'row')} {what} wrong"
    yield f"  label sets were promised to hold the truth in {report.value('promised_coverage') or 0:.0%}"


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
