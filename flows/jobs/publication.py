"""A publication: one source labelled, portion by portion, into its three files."""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from importlib.metadata import version as installed
from typing import TYPE_CHECKING

from threadpoolctl import threadpool_limits

from data.errors import SourceError
from data.parquet_file import ParquetFile
from flows.jobs.counts import counted
from flows.jobs.portion import portions_here
from flows.jobs.set_texts import is_listed
from flows.jobs.suspicion import contradiction, damage_in_words, suspicion
from flows.jobs.tally import Tally, report_figures
from flows.jobs.usual_review import usual_review
from flows.state.report import report_table
from nn.fingerprints import Repeats
from schemas.record import Record
from schemas.results import SCHEMA_VERSION, labels_schema, rejects_schema, reports_schema

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from data.layouts import Layout
    from data.sources import Source
    from data.staging import Stage
    from flows.jobs.labeller import Labeller
    from flows.jobs.portion import Portions
    from flows.jobs.request import Request
    from schemas.table import Table


def publish(
    source: Source,
    request: Request,
    labeller: Labeller,
    stage: Stage,
    progress: Callable[[int], object],
    portions: Portions | None = None,
) -> Record:
    """Label a source and move its labels, rejects and report into place; nothing where it is refused on the way.

    It is labelled here unless other ``portions`` are given. SourceError where too many rows would be rejected or the
    source is no longer what it was when it was opened.
    """
    table, home, batch = labeller.table, request.home, source.batch
    tally, repeats = Tally.empty(len(table.classes), labeller.reference), Repeats()
    with (
        ParquetFile(stage.file(home.rejects(batch)), rejects_schema()) as rejects_file,
        ParquetFile(stage.file(home.report(batch)), reports_schema()) as report_file,
        labels_file_at(stage.file(home.labels(batch)), table) as labels_file,
        threadpool_limits(1),
        closing(portions(labeller) if portions else portions_here(source, request, labeller)) as labelled,
    ):
        for portion in labelled:
            portion.write(labels_file, rejects_file)
            repeats.add(portion.fingerprints)
            for part in portion.tallies:
                tally += part
                progress(part.rows)
        _check(source, tally, labeller.layout, request.max_rejects)
        truth = labeller.layout.truth
        if contradicted := contradiction(tally.judged.confusion, truth, table.class_names):
            without = replace(labeller, layout=labeller.layout.without_truth(contradicted))
            return publish(source, request, without, stage, lambda _: None, portions)
        suspect = _suspect(source, request, labeller, tally)
        figures = report_figures(tally, repeats.count(), labeller.layout, labeller.reference, table.class_names)
        share, asked = usual_review(labeller.version)
        usual = {"metric": "usual_review", "value": share, "count": asked}
        lines = [*figures, usual, *([{"metric": "suspect", "other": suspect, "count": tally.rows}] if suspect else [])]
        report_file.write(report_table(lines, batch, request.version, datetime.now(UTC)))
        record = _record(source, request, table, tally, suspect)
        for file in (rejects_file, report_file, labels_file):
            file.close(record.metadata())
        source.unchanged()
        stage.publish()
    return record


def labels_file_at(place: Path, table: Table) -> ParquetFile:
    """A file for labels of a table."""
    coded_anew = () if is_listed(table.class_names) else ("label_set",)
    return ParquetFile(place, labels_schema(table), ["typicality"], coded_anew=coded_anew)


def _suspect(source: Source, request: Request, labeller: Labeller, tally: Tally) -> str:
    """What the columns look like, empty where nothing is suspect; SourceError where they must not be labelled."""
    features = labeller.table.features
    places = labeller.layout.features
    order = sorted(range(len(features)), key=lambda at: places[features[at]])
    damage = suspicion(tally.sample, labeller.version, order)
    strict = labeller.table.refuse_suspect
    if damage is None or not (strict or damage.overwhelming):
        return ""
    text = damage_in_words(damage, features)
    if not (strict and damage.overwhelming):
        return text
    if not request.accept_suspect:
        message = f"{source}: columns do not go together; found that {text}; repair the file or pass --accept-suspect"
        raise SourceError(message)
    return f"accepted: {text}"


def _record(source: Source, request: Request, table: Table, tally: Tally, suspect: str) -> Record:
    return Record(
        schema_version=SCHEMA_VERSION,
        table=table.name,
        source=source.file,
        source_sha256=source.sha256,
        model_version=request.version,
        model_sha256=request.sha256,
        code_version=installed("wine-labels"),
        rows=tally.rows,
        labelled=tally.labelled,
        rejected=tally.rejected,
        columns=request.stated,
        suspect=suspect,
    )


def _check(source: Source, tally: Tally, layout: Layout, max_rejects: float) -> None:
    """SourceError for what must not be published."""
    if tally.rejected > max_rejects * tally.rows:
        (column, rule), count = tally.reject_counts.most_common(1)[0]
        often = f"most often {column or 'a whole row'}: {rule} ({count:,} times)"
        often = ", and ".join([often, *layout.remarks])
        message = (
            f"{source}: {tally.rejected:,} of {counted(tally.rows, 'row')} would be rejected, "
            f"more than {max_rejects:.0%}; found {often}; repair the file or pass --max-rejects 1 to label the rest"
        )
        raise SourceError(message)
    if tally.rows != tally.labelled + tally.rejected:
        message = f"{source}: {tally.rows} rows in, {tally.labelled} labelled, {tally.rejected} rejected: a bug"
        raise AssertionError(message)
