"""A publication: one source labelled, chunk by chunk, into its three files."""

from __future__ import annotations

from datetime import UTC, datetime
from importlib.metadata import version as installed
from typing import TYPE_CHECKING

from threadpoolctl import threadpool_limits

from data.fingerprints import Repeats
from data.layouts import SourceError
from data.pipeline import in_order
from data.publishing import ParquetFile
from data.reading import read_chunks
from data.sources import MovingError, stamp_of
from flows.ledger import Record
from flows.report import Tally, report_table
from schemas.results import SCHEMA_VERSION, labels_schema, rejects_schema, reports_schema

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from data.publishing import Stage
    from data.sources import Stamp
    from flows.home import Home
    from flows.labeller import Labeller


def publish(
    source: Path,
    batch: str,
    home: Home,
    stage: Stage,
    labeller: Labeller,
    stamp: Stamp,
    digest: str,
    stated: str,
    max_rejects: float,
    rows: int,
    progress: Callable[[int], None] | None,
) -> Record:
    """Label a source and move its labels, rejects and report into place; nothing where it is refused on the way.

    ``stamp`` and ``digest`` are the source's from before it was read, ``stated`` what a person said of its columns.
    SourceError where too many rows would be rejected or the source is no longer what it was.
    """
    table, layout, version = labeller.table, labeller.layout, labeller.version
    tally, repeats = Tally.empty(len(table.classes), len(table.features)), Repeats()
    with (
        ParquetFile(stage.file(home.rejects(batch)), rejects_schema()) as rejects_file,
        ParquetFile(stage.file(home.report(batch)), reports_schema()) as report_file,
        ParquetFile(stage.file(home.labels(batch)), labels_schema(table)) as labels_file,
        threadpool_limits(1),
    ):
        for labels, rejects, counted, fingerprints in in_order(labeller, read_chunks(source, layout, rows=rows)):
            labels_file.write(labels)
            rejects_file.write(rejects)
            tally += counted
            repeats.add(fingerprints)
            if progress:
                progress(counted.rows)
        record = Record(
            schema_version=SCHEMA_VERSION,
            table=table.name,
            source=source.name,
            source_sha256=digest,
            model_version=version.number,
            model_sha256=version.sha256,
            code_version=installed("wine-labels"),
            rows=tally.rows,
            labelled=tally.labelled,
            rejected=tally.rejected,
            columns=stated,
        )
        figures = [
            *tally.figures(table.class_names),
            *(labeller.reference.drift(tally.spread, tally.label_counts) if tally.labelled else ()),
            {"metric": "repeated_rows", "value": repeats.count(), "count": tally.labelled},
            {"metric": "layout", "other": layout.why, "count": tally.rows},
            *([{"metric": "truth", "other": str(layout.truth), "count": tally.rows}] if layout.carries_truth else []),
            *({"metric": "ignored_column", "other": name, "count": tally.rows} for name in layout.ignored),
        ]
        report_file.write(report_table(figures, batch, version.number, datetime.now(UTC)))
        for file in (rejects_file, report_file, labels_file):
            file.close(record.metadata())
        if tally.rejected > max_rejects * tally.rows:
            raise SourceError(_too_many(source, tally, max_rejects))
        if tally.rows != tally.labelled + tally.rejected:
            message = f"{source}: {tally.rows} rows in, {tally.labelled} labelled, {tally.rejected} rejected: a bug"
            raise AssertionError(message)
        if stamp_of(source) != stamp:
            message = f"{source}: changed while it was read; found another size or time at the end; run again"
            raise MovingError(message)
        stage.publish()
    return record


def _too_many(source: Path, tally: Tally, max_rejects: float) -> str:
    (column, rule), count = tally.reject_counts.most_common(1)[0]
    often = f"most often {column or 'a line'}: {rule} ({count:,} times)"
    return (
        f"{source}: {tally.rejected:,} of {tally.rows:,} rows would be rejected, more than {max_rejects:.0%}; "
        f"found {often}; mend the file or pass --max-rejects 1 to label the rest"
    )
