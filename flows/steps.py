"""Steps: what training and labelling do, the rooms joined; plain functions that know nothing of Prefect."""

from __future__ import annotations

from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, Literal

import pyarrow.parquet as pq

from data.layouts import Layout, SourceError, sniff
from data.publishing import PublishError, Stage, sweep
from data.reading import ROWS, settle_truth
from data.sources import stamp_of
from flows.batch import MAX_REJECTS, Batch
from flows.labeller import Labeller
from flows.ledger import Record, published, sha256_of
from flows.progress import check
from flows.publication import publish
from flows.reference import load_reference
from flows.report import figure, truth_counts
from flows.trainer import TrainingError, train
from models.codec import ModelError
from schemas._table import Table, get_table

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from data.sources import Stamp
    from flows.home import Home
    from models.store import Version

__all__ = ["TrainingError", "explain", "label", "train"]


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
    stamp, digest = _identity(source)
    stated = ",".join(columns or ())
    standing = partial(_standing, source, batch, home, version, digest, stated, replace=replace)
    if done := standing():
        with suppress(OSError):  # a run killed after its last file was in place may have left its stage
            sweep(home.staging)
        return done
    try:
        with Stage(home.staging, batch, waiting=check) as stage:
            if done := standing():
                return done
            reference = load_reference(version)
            labeller = Labeller(get_table(table), version, source.name, _layout(source, table, columns), reference)
            record = publish(source, batch, home, stage, labeller, stamp, digest, stated, max_rejects, rows, progress)
    except OSError as error:
        message = f"{home.folder}: cannot be written to; {error.strerror or error}; make room or name another --home"
        raise PublishError(message) from error
    return _batch(source, batch, home, record, "labelled")


def _standing(
    source: Path, batch: str, home: Home, version: Version, digest: str, stated: str, *, replace: bool
) -> Batch | None:
    """What is published already of these bytes by this version; None where there is something to do."""
    record = published(home, batch)
    if record is None:
        return None
    if (record.source_sha256, record.model_sha256, record.columns) == (digest, version.sha256, stated):
        return _batch(source, batch, home, record, "unchanged")
    if replace:
        return None
    what = "other bytes" if record.source_sha256 != digest else "the same bytes"
    message = (
        f"{source}: batch {batch!r} is labelled already; found labels made from {what} by version "
        f"{record.model_version}; pass --replace to label it anew"
    )
    raise SourceError(message)


def _check_fit(version: Version, table: Table) -> None:
    fits = (version.classifier.features, version.classifier.classes) == (table.features, table.class_names)
    if not fits:
        message = (
            f"version {version.number} is not for the table {table.name}; found features "
            f"{', '.join(version.classifier.features)[:120]}; train a version for this table"
        )
        raise ModelError(message)


def _identity(source: Path) -> tuple[Stamp, str]:
    try:
        return stamp_of(source), sha256_of(source)
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
        review=int(figure(report, "review") or 0),
        accuracy_unseen=figure(report, "accuracy_unseen"),
        truth={ids[name]: count for name, count in truth.items()} or None,
        accuracy=figure(report, "accuracy"),
        model_version=record.model_version,
        labels=str(home.labels(batch)),
        rejects=str(home.rejects(batch)),
        report=str(home.report(batch)),
    )
