"""The summary: what a person reads at the terminal when a command is done."""

from __future__ import annotations

from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table as Grid

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from flows.replay import Replay
    from models.store import ModelStore


def batch_lines(batch: dict[str, Any], store: ModelStore) -> Iterator[Any]:
    """A batch: counts, accuracy under its own names, confusion matrix, files."""
    number = batch["model_version"]
    if batch["status"] == "unchanged":
        yield f"{batch['batch']}: unchanged; these bytes are labelled already, by version {number}; nothing was written"
    else:
        yield f"{batch['batch']}: labelled by version {number}"
    counts = {"rows in": "rows", "labelled": "labelled", "rejected": "rejected", "to review": "review"}
    yield "  " + " · ".join(f"{word} {batch[name]:,}" for word, name in counts.items())
    yield from _accuracy(batch, store)
    yield from _confusion(batch)
    for name in ("labels", "rejects", "report"):
        yield f"  {name:<8} {_short(batch[name])}"


def _accuracy(batch: dict[str, Any], store: ModelStore) -> Iterator[str]:
    notes = store.describe(batch["model_version"])["notes"]
    if batch["accuracy"] is not None:
        yield f"  accuracy on the rows of this batch with truth      {batch['accuracy']:7.2%}"
    if batch["accuracy_unseen"] is not None:
        yield f"  accuracy on those of them never trained on         {batch['accuracy_unseen']:7.2%}"
    cv = notes["cross_validation"]
    folds = f"{cv['folds']}-fold cross-validated"
    yield f"  accuracy of the version, {folds:<25} {cv['accuracy']:7.2%}"
    yield f"  accuracy of the version, on its training rows      {notes['training_accuracy']:7.2%}"


def _confusion(batch: dict[str, Any]) -> Iterator[Grid]:
    import pyarrow.parquet as pq

    report = pq.read_table(batch["report"], filters=[("metric", "=", "confusion")]).to_pylist()
    names = list(dict.fromkeys(line["label"] for line in report))
    if not names:
        return
    counts = {(line["label"], line["other"]): f"{line['value']:,.0f}" for line in report}
    grid = Grid(box=None, pad_edge=False, padding=(0, 2, 0, 2))
    grid.add_column("truth \\ label")
    for name in names:
        grid.add_column(name, justify="right")
    for true in names:
        grid.add_row(true, *(counts[true, told] for told in names))
    yield grid


def replay_lines(found: Replay) -> Iterator[Any]:
    """A batch labelled once more: whether it is the same, and if not which labels became which."""
    by = f"version {found.again}" if found.again != found.version else f"version {found.version}, as recorded"
    if not found.differing:
        same = "byte for byte" if found.identical else "in all rows"
        yield f"{found.batch}: labelled again by {by}: the same {same}"
        return
    yield f"{found.batch}: labelled again by {by}: {found.differing:,} of {found.rows:,} rows differ"
    changed = sum(found.changes.values())
    yield f"  another label {changed:,} · the same label with other figures {found.differing - changed:,}"
    for (old, new), count in found.changes.most_common():
        yield f"  {old} → {new} {count:,}"
    grid = Grid(box=None, pad_edge=False, padding=(0, 2, 0, 2))
    for name in ("row", "labels", "again", "confidence", "again", "review", "again"):
        grid.add_column(name, justify="left" if name == "labels" else "right")
    for row in found.shown:
        shares = (f"{row[name]:.3f}" for name in ("confidence", "confidence_again"))
        looks = ("yes" if row[name] else "no" for name in ("review", "review_again"))
        grid.add_row(f"{row['row']:,}", row["label_set"], row["label_set_again"], *shares, *looks)
    if found.shown:
        yield grid


def inbox_lines(outcome: dict[str, Any]) -> Iterator[str]:
    """A look into the inbox: what there was to do, and what was left alone and why."""
    known, waiting, before = (outcome[name] for name in ("unchanged", "waiting", "refused_before"))
    yield f"{len(outcome['batches']):,} files to label, {len(known):,} labelled already"
    for name in waiting:
        yield f"  {name}: still being written; left for the next time"
    for name, reason in before.items():
        yield f"  {name}: refused before and unchanged; --again looks again; {reason}"


def serving_lines(document: dict[str, Any]) -> Iterator[str]:
    """What is served, when, and where to watch it."""
    yield f"serving {document['home']}; Ctrl-C ends it"
    for name, cron in document["schedules"].items():
        yield f"  {name:<12} {cron}  {document['timezone']}"
    yield f"  inbox        {document['inbox']}"
    yield f"  Prefect      {document['server']}"


def trained_lines(trained: dict[str, Any]) -> Iterator[str]:
    """A training: the figures, each named as what it is."""
    verdict = "is champion" if trained["promoted"] else "was not promoted"
    yield f"version {trained['version']} from {trained['rows']:,} rows {verdict}: {trained['reason']}"
    yield f"  accuracy cross-validated      {trained['cv_accuracy']:7.2%}"
    yield f"  accuracy on the training rows {trained['training_accuracy']:7.2%}"


def version_lines(versions: Sequence[dict[str, Any]], champion: int | None) -> Iterator[Any]:
    """The versions, newest last, the champion marked."""
    if not versions:
        yield "no versions yet; train one with `wine-labels train`"
        return
    grid = Grid(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for name in ("version", "recipe", "rows", "cross-validated", "on training rows"):
        grid.add_column(name, justify="left" if name == "recipe" else "right")
    grid.add_column("")
    for each in versions:
        grid.add_row(
            str(each["version"]), each["recipe"], f"{each['rows']:,}", f"{each['cv_accuracy']:.2%}",
            f"{each['training_accuracy']:.2%}", "champion" if each["version"] == champion else "",
        )  # fmt: skip
    yield grid


def _short(path: str) -> str:
    try:
        return str(Path(path).relative_to(Path.cwd()))
    except ValueError:
        return path


@contextmanager
def show_progress() -> Iterator[None]:
    """A count of rows on stderr while a long input is labelled, at a terminal only."""
    from flows.progress import listen

    console = Console(stderr=True)
    if not console.is_terminal:
        yield
        return
    columns = (TextColumn("labelling"), BarColumn(), TextColumn("{task.completed:,} rows"), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True) as progress:
        task = progress.add_task("labelling", total=None)
        listen(lambda rows: progress.advance(task, rows))
        yield
