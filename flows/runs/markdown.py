"""Markdown: a night's work as a person in the Prefect UI reads it, in text and rows of a table."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from data.places import place_of
from flows.jobs.batch import LONGEST_NAME
from flows.jobs.counts import counted
from flows.state.printable import in_code, in_markdown, printable
from flows.state.report import Report

if TYPE_CHECKING:
    from collections.abc import Sequence

    from flows.jobs.batch import Batch, Trained
    from flows.jobs.night import Night

ORDER: Final = ("refused", "unchanged", "labelled")
SHOWN: Final = (
    "batch",
    "status",
    "rows",
    "labelled",
    "rejected",
    "review",
    "accuracy",
    "accuracy_unseen",
    "suspect",
    "error",
)


def outcome(night: Night) -> str:
    """How many files came to what, `2 labelled, 1 refused, 3 unchanged`, and which are suspect: one line."""
    suspects = [printable(f"{each.batch} is suspect: {each.suspect}") for each in night.batches if each.suspect]
    return "; ".join([counts(night), *suspects])


def counts(night: Night) -> str:
    """How many files came to what, `2 labelled, 3 unchanged`; `no files` where there were none."""
    return ", ".join(f"{count:,} {word}" for word, count in night.counts.items() if count) or "no files"


def summary(title: str, night: Night, notices: Sequence[str], version: int) -> str:
    """What came of a run: the counts, what to look at, and where the files are."""
    labelled = [each for each in night.batches if each.status == "labelled"]
    rows = sum(each.rows for each in labelled)
    review = sum(each.review or 0 for each in labelled)
    text = [
        f"# {in_markdown(title)}",
        "",
        f"Files: {counts(night)}.",
        "",
        (
            f"With version {version}: {counted(rows, 'row')} in, {sum(each.labelled for each in labelled):,} labelled, "
            f"{sum(each.rejected for each in labelled):,} rejected; {review:,} of the labelled ones to review."
        ),
    ]
    if notices:
        text += ["", "## Look at", "", *(f"- {in_markdown(notice)}" for notice in notices)]
    if labelled:
        places = [f"- {in_markdown(each.batch)}: {in_code(each.labels or '', LONGEST_NAME)}" for each in labelled]
        text += ["", "## Labels", "", *places]
    return "\n".join(text)


def table_rows(batches: Sequence[Batch]) -> list[dict[str, Any]]:
    """A row for each batch, what is to be looked at first."""
    order = sorted(batches, key=lambda each: ORDER.index(each.status))
    return [{name: _cell(getattr(each, name)) for name in SHOWN} for each in order]


def confusion(batches: Sequence[Batch]) -> str | None:
    """The confusion matrix of all labelled batches with truth, in Markdown; None where there is no truth."""
    counts: dict[tuple[str, str], int] = {}
    for each in batches:
        if each.status == "labelled" and each.truth:
            for pair, count in Report.read(place_of(str(each.report))).confusion().items():
                counts[pair] = counts.get(pair, 0) + count
    names = list(dict.fromkeys(truth for truth, _ in counts))
    if not names:
        return None
    shown = {name: in_markdown(name) for name in names}
    text = [f"| truth \\ label | {' | '.join(shown.values())} |", f"|---{'|---:' * len(names)}|"]
    return "\n".join(
        [
            *text,
            *(f"| **{shown[true]}** | {' | '.join(f'{counts[true, label]:,}' for label in names)} |" for true in names),
        ]
    )


def training(trained: Trained) -> str:
    """What came of a training, in Markdown."""
    verdict = "is champion" if trained.promoted else "is not champion"
    return "\n".join(
        [
            f"# Version {trained.version} {verdict}",
            "",
            f"{in_markdown(trained.reason)}.",
            "",
            "| from rows | accuracy cross-validated | accuracy on the training rows |",
            "|---:|---:|---:|",
            f"| {trained.rows:,} | {trained.cv_accuracy:.2%} | {trained.training_accuracy:.2%} |",
        ]
    )


def no_training(reason: str) -> str:
    """Why no version was trained, in Markdown."""
    return f"# No version\n\n{in_markdown(reason)}"


def _cell(value: Any) -> Any:
    if isinstance(value, float):
        return f"{value:.2%}"
    return "" if value is None else printable(value) if isinstance(value, str) else value
