"""The summary: what a person reads at the terminal when a command is done."""

from __future__ import annotations

from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from data.places import place_of
from flows.cli.grid import Grid, Side, figures
from flows.jobs.progress import listening
from flows.state.report import Report
from models.errors import ModelError
from models.evidence import Evidence

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flows.jobs.batch import Batch
    from models.store import ModelStore


def batch_lines(batch: Batch, store: ModelStore) -> Iterator[Any]:
    """A batch: counts, accuracy under its own names, confusion matrix, files."""
    number = batch.model_version
    if batch.status == "unchanged":
        yield f"{batch.batch}: unchanged; these bytes are labelled already, by version {number}; nothing was written"
    else:
        yield f"{batch.batch}: labelled by version {number}"
    counts = {"rows in": batch.rows, "labelled": batch.labelled, "rejected": batch.rejected, "to review": batch.review}
    yield "  " + " · ".join(f"{word} {count:,}" for word, count in counts.items())
    report = Report.read(place_of(str(batch.report)))
    if columns := report.text("columns"):
        yield f"  {columns}"
    for text in (*([batch.suspect] if batch.suspect else []), *batch.warnings):
        yield f"  look at: {text}"
    yield figures(_accuracy(batch, store))
    yield from _confusion(report)
    for name, path in (("labels", batch.labels), ("rejects", batch.rejects), ("report", batch.report)):
        yield f"  {name:<8} {_short(str(path))}"


def _accuracy(batch: Batch, store: ModelStore) -> dict[str, str]:
    accuracies = {
        "accuracy on the rows of this batch with truth": batch.accuracy,
        "accuracy on those of them never trained on": batch.accuracy_unseen,
    }
    with suppress(ModelError):  # the version may have been pruned, and another of the same sha256 be champion
        evidence = Evidence.from_notes(store.describe(batch.model_version or 0)["notes"])
        cv = evidence.cross_validation
        accuracies |= {
            f"accuracy of the version, {cv.folds}-fold cross-validated": cv.accuracy,
            "accuracy of the version, on its training rows": evidence.training_accuracy,
        }
    return {name: f"{value:.2%}" for name, value in accuracies.items() if value is not None}


def _confusion(report: Report) -> Iterator[Grid]:
    counts = report.confusion()
    names = list(dict.fromkeys(truth for truth, _ in counts))
    if not names:
        return
    rows = [(true, *(f"{counts[true, label]:,}" for label in names)) for true in names]
    sides: dict[str, Side] = {"truth \\ label": "left", **dict.fromkeys(names, "right")}
    yield Grid(sides, rows)


def _short(path: str) -> str:
    try:
        return str(Path(path).relative_to(Path.cwd()))
    except (ValueError, OSError):  # elsewhere, or the working folder has been deleted
        return path


@contextmanager
def show_progress() -> Iterator[None]:
    """A count of rows on stderr while a long input is labelled, at a terminal only."""
    from rich.console import Console

    console = Console(stderr=True)
    if not console.is_terminal:
        yield
        return
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("labelling"), BarColumn(), TextColumn("{task.completed:,} rows"), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True) as progress:
        task = progress.add_task("labelling", total=None)
        with listening(lambda rows: progress.advance(task, rows)):
            yield
