"""The bulletin: a night's work as a person in the Prefect UI reads it, in Markdown and rows of a table."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import pyarrow.parquet as pq

if TYPE_CHECKING:
    from collections.abc import Sequence

STATUSES: Final = ("labelled", "unchanged", "refused")


def counted(batches: Sequence[dict[str, Any]], **more: int) -> str:
    """How many batches came to what, in one line: `2 labelled, 1 refused, 3 unchanged`."""
    counts = {status: sum(each["status"] == status for each in batches) for status in STATUSES}
    for status, count in more.items():
        counts[status] = counts.get(status, 0) + count
    return ", ".join(f"{count:,} {status.replace('_', ' ')}" for status, count in counts.items() if count) or "no files"


def markdown(title: str, batches: Sequence[dict[str, Any]], notices: Sequence[str], version: int) -> str:
    """What came of a run: the counts, what to look at, and where the files are."""
    labelled = [each for each in batches if each["status"] == "labelled"]
    totals = {name: sum(each[name] for each in labelled) for name in ("rows", "labelled", "rejected", "review")}
    text = [
        f"# {title}",
        "",
        (
            f"With version {version}: {totals['rows']:,} rows in, {totals['labelled']:,} labelled, "
            f"{totals['rejected']:,} rejected; {totals['review']:,} of the labelled ones to review."
        ),
    ]
    if notices:
        text += ["", "## Look at", "", *(f"- {_plain(notice)}" for notice in notices)]
    if labelled:
        text += ["", "## Labels", "", *(f"- {_plain(each['batch'])}: `{each['labels']}`" for each in labelled)]
    return "\n".join(text)


def rows(batches: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """A row for each batch, what is to be looked at first."""
    order = sorted(batches, key=lambda each: -STATUSES.index(each["status"]))
    names = ("batch", "status", "rows", "labelled", "rejected", "review", "accuracy", "accuracy_unseen", "error")
    return [{name: _cell(each[name]) for name in names} for each in order]


def confusion(batches: Sequence[dict[str, Any]]) -> str | None:
    """The confusion matrix of all labelled batches with truth, in Markdown; None where there is no truth."""
    counts: dict[tuple[str, str], int] = {}
    for each in batches:
        if each["status"] == "labelled" and each["truth"]:
            for line in pq.read_table(each["report"], filters=[("metric", "=", "confusion")]).to_pylist():
                pair = line["label"], line["other"]
                counts[pair] = counts.get(pair, 0) + int(line["value"])
    names = list(dict.fromkeys(truth for truth, _ in counts))
    if not names:
        return None
    text = [f"| truth \\ label | {' | '.join(names)} |", f"|---{'|---:' * len(names)}|"]
    return "\n".join(
        [*text, *(f"| **{true}** | {' | '.join(f'{counts[true, told]:,}' for told in names)} |" for true in names)]
    )


def training(trained: dict[str, Any]) -> str:
    """What came of a training, in Markdown."""
    if "error" in trained:
        return f"# No version\n\n{_plain(trained['error'])}"
    verdict = "is champion" if trained["promoted"] else "is not champion"
    return "\n".join(
        [
            f"# Version {trained['version']} {verdict}",
            "",
            f"{_plain(trained['reason'])}.",
            "",
            "| from rows | accuracy cross-validated | accuracy on the training rows |",
            "|---:|---:|---:|",
            f"| {trained['rows']:,} | {trained['cv_accuracy']:.2%} | {trained['training_accuracy']:.2%} |",
        ]
    )


def _cell(value: Any) -> Any:
    return "" if value is None else f"{value:.2%}" if isinstance(value, float) else value


def _plain(text: str) -> str:
    return "".join(f"\\{each}" if each in r"\`*_[]<>#|" else each for each in " ".join(text.split()))
