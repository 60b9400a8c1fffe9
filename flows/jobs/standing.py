"""What stands: the batches that are labelled already of the very same bytes by the very same version."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Literal

from data.addresses import is_object
from data.errors import SourceError
from data.files import check_name, check_text
from data.sources import opened
from data.staging import sweep
from flows.jobs.batch import Batch
from flows.jobs.stopping import check
from flows.state.ledger import published
from flows.state.report import Report
from flows.state.version_table import table_of
from flows.state.warnings import warnings
from models.errors import ModelError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from data.sources import Source
    from flows.jobs.request import Request
    from flows.state.home import Home
    from models.store import Version
    from schemas.record import Record
    from schemas.table import Table


def unchanged(names: Sequence[str], request: Request) -> list[Batch] | None:
    """The batches of these files where each of them stands; None where anything is to be done, refused or in doubt.

    What it takes to know is read, and nothing is imported that could label.
    """
    if any(map(is_object, names)):
        return None
    try:
        table = table_of(request.model(), request.home)
        check_fit(request.model(), table)
        batches = [_unchanged(name, request, table) for name in names]
    except Exception:  # noqa: BLE001  whatever it is, a run says it better
        return None
    found = {batch.batch: batch for batch in batches if batch}
    return [*found.values()] if len(found) == len(names) else None


def _unchanged(name: str, request: Request, table: Table) -> Batch | None:
    check_text(name)
    check_name(name)
    with opened(name, request.home.staging, check) as source:
        return left_alone(source, request, table)


def left_alone(source: Source, request: Request, table: Table) -> Batch | None:
    """What stands of a source, where nothing is to be done; None else."""
    done = standing(source, request, table)
    if done:
        with suppress(OSError):  # a run killed after its last file was in place may have left its stage
            sweep(request.home.staging)
    return done


def standing(source: Source, request: Request, table: Table) -> Batch | None:
    """What is published already of these bytes by this version; None where there is something to do.

    SourceError where it is labelled by other means, and is not to be labelled again.
    """
    record = published(request.home, source.batch)
    if record is None:
        return None
    made_from = (record.source_sha256, record.model_sha256, record.columns)
    if made_from == (source.sha256, request.sha256, request.stated):
        with suppress(OSError, ValueError, StopIteration):  # a report that is damaged is made again, with the others
            return batch_of(source, request.home, record, table, "unchanged")
        return None
    if request.replace:
        return None
    what = "other bytes" if record.source_sha256 != source.sha256 else "the same bytes"
    message = (
        f"{source}: batch {source.batch!r} is labelled already; found labels made from {what} by version "
        f"{record.model_version}; pass --replace to label it again"
    )
    raise SourceError(message)


def check_fit(version: Version, table: Table) -> None:
    """ModelError where a version is not for this table."""
    if (version.classifier.features, version.classifier.classes) != (table.features, table.class_names):
        message = (
            f"version {version.number} is not for the table {table.name}; found features "
            f"{', '.join(version.classifier.features)[:120]}; train a version for this table"
        )
        raise ModelError(message)


def batch_of(
    source: Source, home: Home, record: Record, table: Table, status: Literal["labelled", "unchanged"]
) -> Batch:
    """What is published of a source, as its report says."""
    batch = source.batch
    report = Report.read(home.report(batch))
    ids = {name: str(number) for number, name in table.classes.items()}
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
