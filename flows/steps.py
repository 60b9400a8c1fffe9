"""Steps: what training and labelling do, the rooms joined; plain functions that know nothing of Prefect."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any, Final, Literal

import numpy as np
import pyarrow.parquet as pq
from threadpoolctl import threadpool_limits

from data.layouts import Layout, SourceError, sniff
from data.publishing import PublishError
from data.reading import ROWS, read_chunks, settle_truth
from flows.batch import Batch, Trained
from flows.labeller import Labeller
from flows.ledger import Record, sha256_of
from flows.publication import publish
from flows.report import figure, truth_counts
from flows.truth import class_indices
from models.codec import ModelError
from models.store import ModelStore, Version
from nn.classifier import Classifier
from nn.encoding import one_hot
from nn.metrics import judge
from nn.training import RECIPES
from nn.validation import cross_validate
from schemas._checking import check_rows
from schemas._table import Table, get_table

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from flows.home import Home

FEWEST_PER_CLASS: Final = 2
FOLDS: Final = 10
MAX_REJECTS: Final = 0.2


class TrainingError(ValueError):
    """A table from which no version can be trained."""


def train(source: Path, home: Home, *, table: str = "wine", recipe: str = "default", seed: int = 0) -> Trained:
    """Train a version on the valid rows of a table that carries truth, cross-validate it, keep and promote it."""
    declared = get_table(table)
    x, truth = _training_rows(source, declared)
    y = one_hot(truth, len(declared.classes))
    folds = _folds(source, y, declared)
    with threadpool_limits(1):
        validated = cross_validate(x, y, RECIPES[recipe], seed, folds=folds)
        classifier = Classifier(declared.features, declared.class_names, validated.standardizer, validated.network)
        seen, held_out = judge(classifier.predict_proba(x), truth), judge(validated.held_out[0], truth)
    notes = {
        "table": table,
        "source": source.name,
        "source_sha256": sha256_of(source),
        "rows": len(x),
        "recipe": asdict(RECIPES[recipe]),
        "seed": seed,
        "folds": folds,
        "training_accuracy": seen.accuracy,
        "cv_accuracy": held_out.accuracy,
        "cv_log_loss": held_out.log_loss,
        "cv_confusion": held_out.confusion.tolist(),
    }
    store = ModelStore(home.models(table))
    saved = store.save(classifier, notes)
    store.promote(saved.number)
    return Trained(
        version=saved.number,
        promoted=True,
        reason="the newest version",
        rows=len(x),
        training_accuracy=notes["training_accuracy"],
        cv_accuracy=notes["cv_accuracy"],
        sha256=saved.sha256,
    )


def _training_rows(source: Path, table: Table) -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]:
    """The valid rows of a labelled table as a matrix (n, d), and the class index of each, (n,)."""
    layout = _layout(source, table.name, None)
    if not layout.carries_truth:
        message = f"{source}: no label column to train on; found {layout.why}; add one called {table.label}"
        raise TrainingError(message)
    matrices: list[np.ndarray[Any, Any]] = [np.empty((0, len(table.features)))]
    truths: list[np.ndarray[Any, Any]] = [np.empty(0, dtype=np.intp)]
    for chunk in read_chunks(source, layout):
        indices, _ = class_indices(chunk.frame, layout.truth)
        frame = chunk.frame.assign(truth=np.where(indices < 0, np.nan, indices))
        checked = check_rows(table, frame, labelled=True, as_it_stood=chunk.as_it_stood)
        matrices.append(checked.matrix())
        truths.append(checked.valid["truth"].to_numpy(dtype=np.intp))
    return np.concatenate(matrices), np.concatenate(truths)


def _folds(source: Path, y: np.ndarray[Any, Any], table: Table) -> int:
    counts = y.sum(axis=0).astype(int)
    if counts.min() < FEWEST_PER_CLASS:
        found = ", ".join(f"{count} {name}" for name, count in zip(table.class_names, counts, strict=True))
        message = f"{source}: too few rows to train on; found {found}; give {FEWEST_PER_CLASS} or more of each class"
        raise TrainingError(message)
    return min(FOLDS, int(counts.min()))


def label(
    source: Path,
    batch: str,
    home: Home,
    version: Version,
    *,
    table: str = "wine",
    replace: bool = False,
    columns: Sequence[str] | None = None,
    max_rejects: float = MAX_REJECTS,
    rows: int = ROWS,
    progress: Callable[[int], None] | None = None,
) -> Batch:
    """Label one input with a version and publish labels, rejects and report; nothing where nothing has changed.

    SourceError where the input is refused or labelled already by other means, PublishError where nothing can be
    written; then nothing is published. ``columns`` says what the columns are (see `data.layouts.sniff`),
    ``max_rejects`` which share of rejected rows is too much, ``rows`` is the size of a chunk, ``progress`` is told the
    rows of each.
    """
    _check_fit(version, get_table(table))
    digest = _digest(source)
    stated = ",".join(columns or ())
    record = Record.read(home.labels(batch))
    if record and all(path.is_file() for path in (home.rejects(batch), home.report(batch))):
        if (record.source_sha256, record.model_sha256, record.columns) == (digest, version.sha256, stated):
            return _batch(source, batch, home, record, "unchanged")
        if not replace:
            what = "other bytes" if record.source_sha256 != digest else "the same bytes"
            message = (
                f"{source}: batch {batch!r} is labelled already; found labels made from {what} by version "
                f"{record.model_version}; pass --replace to label it anew"
            )
            raise SourceError(message)
    try:
        labeller = Labeller(get_table(table), version, source.name, _layout(source, table, columns))
        record = publish(source, batch, home, labeller, digest, stated, max_rejects, rows, progress)
    except OSError as error:
        message = f"{home.folder}: cannot be written to; {error.strerror or error}; make room or name another --home"
        raise PublishError(message) from error
    return _batch(source, batch, home, record, "labelled")


def _check_fit(version: Version, table: Table) -> None:
    fits = (version.classifier.features, version.classifier.classes) == (table.features, table.class_names)
    if not fits:
        message = (
            f"version {version.number} is not for the table {table.name}; found features "
            f"{', '.join(version.classifier.features)[:120]}; train a version for this table"
        )
        raise ModelError(message)


def _digest(source: Path) -> str:
    try:
        return sha256_of(source)
    except OSError as error:
        message = f"{source}: cannot be read; {error.strerror}; check the path and its permissions"
        raise SourceError(message) from error


def _layout(source: Path, table: str, columns: Sequence[str] | None) -> Layout:
    return settle_truth(source, sniff(source, get_table(table), columns))


def explain(source: Path, *, table: str = "wine", columns: Sequence[str] | None = None) -> str:
    """What a file is taken for, and why, in one line; SourceError where it is refused."""
    layout = _layout(source, table, columns)
    if not layout.carries_truth:
        return layout.why
    return f"{layout.why}; {layout.truth}"


def _batch(source: Path, batch: str, home: Home, record: Record, status: Literal["labelled", "unchanged"]) -> Batch:
    report = pq.read_table(home.report(batch))
    truth = truth_counts(report)
    ids = {name: str(number) for number, name in get_table(record.table).classes.items()}
    return Batch(
        batch=batch,
        source=str(source),
        status=status,
        rows=record.rows,
        labelled=record.labelled,
        rejected=record.rejected,
        truth={ids[name]: count for name, count in truth.items()} or None,
        accuracy=figure(report, "accuracy"),
        model_version=record.model_version,
        labels=str(home.labels(batch)),
        rejects=str(home.rejects(batch)),
        report=str(home.report(batch)),
    )
