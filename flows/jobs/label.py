"""To label: one source and one version in; labels, rejects and a report published, or nothing."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Literal

from data.errors import PublishError, SourceError
from data.reading import settle_truth
from data.sniffing import sniff
from data.staging import Stage, sweep
from flows.jobs.batch import Batch
from flows.jobs.labeller import Labeller
from flows.jobs.publication import publish
from flows.jobs.stopping import check
from flows.jobs.training_rows import load_reference
from flows.state.ledger import published
from flows.state.report import Report
from flows.state.warnings import warnings
from models.errors import ModelError
from schemas.table import get_table

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from data.layouts import Layout
    from data.sources import Readable, Source
    from flows.jobs.request import Request
    from flows.state.home import Home
    from models.store import Version
    from schemas.record import Record
    from schemas.table import Table


def label(
    source: Source, request: Request, version: Version, progress: Callable[[int], object] = lambda _: None
) -> Batch:
    """Label one source with a version and publish labels, rejects and report; nothing where nothing has changed.

    SourceError where the source is refused or labelled already by other means, PublishError where nothing can be
    written; then nothing is published. ``progress`` is called with the rows of each chunk.
    """
    table = get_table(request.table)
    _check_fit(version, table)
    if done := _standing(source, request):
        with suppress(OSError):  # a run killed after its last file was in place may have left its stage
            sweep(request.home.staging)
        return done
    try:
        with Stage(request.home.staging, "batch", source.batch, waiting=check) as stage:
            if done := _standing(source, request):
                return done
            layout = layout_of(source, table, request.columns)
            labeller = Labeller(table, version, source.file, layout, load_reference(version))
            record = publish(source, request, labeller, stage, progress)
    except PublishError:
        raise
    except OSError as error:
        home = request.home.folder
        message = f"{home}: cannot be written to; {error.strerror or error}; make room or name another --home"
        raise PublishError(message) from error
    return _batch(source, request.home, record, "labelled")


def explain(source: Readable, table: str, columns: Sequence[str] | None = None) -> str:
    """What a file is taken for, and why, in one line; SourceError where it is refused."""
    layout = layout_of(source, get_table(table), columns)
    told = [layout.why, *([str(layout.truth)] if layout.carries_truth else []), *layout.uses()]
    return "; ".join(told)


def layout_of(source: Readable, table: Table, columns: Sequence[str] | None = None) -> Layout:
    """The layout of a file, what its labels stand for settled by all of them; SourceError where it is refused."""
    return settle_truth(source, sniff(source, table, columns))


def _standing(source: Source, request: Request) -> Batch | None:
    """What is published already of these bytes by this version; None where there is something to do."""
    record = published(request.home, source.batch)
    if record is None:
        return None
    made_from = (record.source_sha256, record.model_sha256, record.columns)
    if made_from == (source.sha256, request.sha256, request.stated):
        return _batch(source, request.home, record, "unchanged")
    if request.replace:
        return None
    what = "other bytes" if record.source_sha256 != source.sha256 else "the same bytes"
    message = (
        f"{source}: batch {source.batch!r} is labelled already; found labels made from {what} by version "
        f"{record.model_version}; pass --replace to label it again"
    )
    raise SourceError(message)


def _check_fit(version: Version, table: Table) -> None:
    if (version.classifier.features, version.classifier.classes) != (table.features, table.class_names):
        message = (
            f"version {version.number} is not for the table {table.name}; found features "
            f"{', '.join(version.classifier.features)[:120]}; train a version for this table"
        )
        raise ModelError(message)


def _batch(source: Source, home: Home, record: Record, status: Literal["labelled", "unchanged"]) -> Batch:
    batch = source.batch
    report = Report.read(home.report(batch))
    ids = {name: str(number) for number, name in get_table(record.table).classes.items()}
    return Batch(
        batch=batch,
        source=source.name,
        status=status,
        rows=record.rows,
        labelled=record.labelled,
        rejected=record.rejected,
        review=int(report.value("review") or 0),
        truth={ids[name]: count for name, count in report.truth().items()} or None,
        accuracy=report.value("accuracy"),
        accuracy_unseen=report.value("accuracy_unseen"),
        suspect=record.suspect or None,
        warnings=[*warnings(report)],
        model_version=record.model_version,
        labels=str(home.labels(batch)),
        rejects=str(home.rejects(batch)),
        report=str(home.report(batch)),
    )
