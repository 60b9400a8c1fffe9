"""What the labels of a batch came to, held against its truth: shares with their intervals, by how truth was come by."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from flows.pages.page import Section

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flows.state.report import Report

HOW: Final = {
    "sampled": "drawn at random",
    "reviewed": "picked for review",
    "told": "told",
    "input": "said by the input",
    "trained": "trained on",
}
NUMBERS: Final = ("rows", "accuracy", "expected", "in their label set")
NONE: Final = "no ground truth"


def accuracy_facts(report: Report, judged: Report | None) -> dict[str, str]:
    """Accuracies with their intervals, each under a name that says of which rows; or that there is no truth."""
    best = judged if judged and share(judged, "accuracy") else report
    found = [
        ("accuracy_sampled", "drawn at random"),
        ("accuracy", "with truth"),
        ("accuracy_unseen", "with truth, never trained on"),
    ]
    if _count(best, "accuracy") == _count(best, "accuracy_unseen"):
        del found[1]
    said = {
        f"accuracy on {_rows(best, metric)} {which} {interval(best, metric)}": share(best, metric)
        for metric, which in found
        if share(best, metric)
    }
    return said or {"known of the rows of this batch": NONE}


def judged_sections(judged: Report | None) -> Iterator[Section]:
    """Accuracy and coverage by how truth was come by, and by class; nothing where there is no truth."""
    if judged is None or not share(judged, "accuracy"):
        return
    rows = [_by_how(judged, how) for how in HOW if share(judged, f"accuracy_{how}")]
    yield Section(
        "Held against the truth", rows=[*rows, _by_how(judged, "")], numbers=NUMBERS, note=" ".join(_notes(judged))
    )
    classes = [
        line["label"] for line in judged.lines if line["metric"] == "class_accuracy" and line["value"] is not None
    ]
    by_class = [
        {
            "truth": name,
            "rows": _count(judged, "class_accuracy", name),
            "accuracy": _with_interval(judged, "class_accuracy", name),
        }
        for name in classes
    ]
    yield Section("Accuracy by class", rows=by_class, numbers=NUMBERS)


def _by_how(judged: Report, how: str) -> dict[str, Any]:
    end = f"_{how}" if how else ""
    return {
        "truth": HOW.get(how, "all"),
        "rows": _count(judged, f"accuracy{end}"),
        "accuracy": _with_interval(judged, f"accuracy{end}"),
        "expected": share(judged, f"expected_accuracy{end}"),
        "in their label set": _with_interval(judged, f"coverage{end}"),
    }


def _notes(judged: Report) -> Iterator[str]:
    yield "Each with its 95 % interval; expected is what the model's confidence promised."
    if promised := share(judged, "promised_coverage"):
        yield f"Label sets promise to hold the truth in {promised} of rows like those of training."
    yield "Only rows drawn at random speak for all rows: those picked for review are the doubtful ones, and of those "
    yield "trained on the version knew the truth."
    for metric, which in (("review_wrong", "rows put up for review"), ("others_wrong", "others")):
        if line := _line(judged, metric):
            yield f"Of {line['count']:,} {which} {int(line['value']):,} were labelled wrong."
    if (line := _line(judged, "contradicted")) and line["value"]:
        yield f"{_counted(line['value'], 'row was', 'rows were')} told otherwise before."
    if (line := _line(judged, "other_bytes")) and line["value"]:
        yield f"{_counted(line['value'], 'telling was', 'tellings were')} of other bytes than were labelled."


def _counted(count: float, one: str, several: str) -> str:
    return f"{int(count):,} {one if count == 1 else several}"


def share(report: Report, metric: str, label: str | None = None) -> str:
    """A share in percent; empty where there was nothing to judge."""
    line = _line(report, metric, label)
    return f"{line['value']:.1%}" if line else ""


def interval(report: Report, metric: str, label: str | None = None) -> str:
    """The ends of a share's interval, in brackets; empty where it has none."""
    low, high = (share(report, f"{metric}_{end}", label) for end in ("low", "high"))
    return f"({low} to {high})" if low and high else ""


def _with_interval(report: Report, metric: str, label: str | None = None) -> str:
    return f"{share(report, metric, label)} {interval(report, metric, label)}".strip()


def _rows(report: Report, metric: str) -> str:
    count = _count(report, metric)
    return f"{count} row" if count == "1" else f"{count} rows"


def _count(report: Report, metric: str, label: str | None = None) -> str:
    line = _line(report, metric, label)
    return f"{line['count']:,}" if line else ""


def _line(report: Report, metric: str, label: str | None = None) -> dict[str, Any] | None:
    """A figure that stands once; None where it is not there or there was nothing to judge."""
    for line in report.lines:
        if (line["metric"], line["label"]) == (metric, label) and line["value"] is not None:
            return dict(line)
    return None
