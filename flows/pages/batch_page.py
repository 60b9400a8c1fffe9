"""The page of a batch: what needs a person, its figures and charts, the rows to review, what was rejected."""

from __future__ import annotations

from typing import TYPE_CHECKING

from data.errors import SourceError
from flows.pages import charts
from flows.pages.batch_needs import needs_section
from flows.pages.batch_rows import BatchRows
from flows.pages.histograms import histograms, reading
from flows.pages.judged import accuracy_facts, judged_sections
from flows.pages.link import Link, Links
from flows.pages.page import Page, Section, confusion_section
from flows.pages.rejected import rejected_sections
from flows.pages.reviewed import MOST, review_section
from flows.state.judgement import judgement_of
from flows.state.ledger import record_of
from flows.state.measured import Measured
from flows.state.printable import printable
from flows.state.report import Report, labelled_at

if TYPE_CHECKING:
    from collections.abc import Iterator

    from data.places import Place
    from flows.state.home import Home
    from schemas.record import Record


def draw_batch(batch: str, home: Home) -> Place:
    """Draw the page of a batch; SourceError where there is no such batch."""
    record = record_of(home, batch)
    report, judged = Report.read(home.report(batch)), judgement_of(home, batch)
    found, rows = _passed_over(home, batch, record)
    links = Links(home, home.page(batch))
    version = links.version(record.table, record.model_version)
    when = f"{labelled_at(home.report(batch)):%-d %B %Y, %H:%M} UTC"
    page = Page(
        title=f"Batch {batch}",
        lead=[
            f"{record.source}, labelled on {when} by version {record.model_version} of the {record.table} model.",
            f"Read as: {report.text('layout')}.",
        ],
        facts={
            "rows in": f"{record.rows:,}",
            "labelled": f"{record.labelled:,}",
            "rejected": f"{record.rejected:,}",
            "to review": f"{int(report.value('review') or 0):,}",
            **accuracy_facts(report, judged),
        },
        sections=[*_sections(home, found, rows, report, judged)],
        foot=f"source sha256 {record.source_sha256}; model sha256 {record.model_sha256}; "
        f"wine-labels {record.code_version}",
        links=[links.home(), Link(f"Version {record.model_version}", version.address)],
        template="batch.html",
        first=needs_section(batch, record, report, judged, rows.need.up_for_review),
    )
    return page.publish(home, batch)


def _passed_over(home: Home, batch: str, record: Record) -> tuple[Measured, BatchRows]:
    """A batch and its rows; without its input where that changes meanwhile, for a page is better than none."""
    found = Measured.find(home, batch, record)
    try:
        return found, BatchRows.of(home, found, MOST)
    except SourceError as error:
        found = found.without_input(error)
        return found, BatchRows.of(home, found, MOST)


def _sections(home: Home, batch: Measured, rows: BatchRows, report: Report, judged: Report | None) -> Iterator[Section]:
    if batch.record.labelled:
        yield from _charts(batch, rows, report)
        yield from judged_sections(judged)
        counts = (judged.confusion() if judged else {}) or report.confusion()
        yield from confusion_section(counts, "Rows of this batch with truth, those trained on among them.")
        yield review_section(batch, rows)
    yield from rejected_sections(home.rejects(batch.batch), report)


def _charts(batch: Measured, rows: BatchRows, report: Report) -> Iterator[Section]:
    yield Section("Labels by class", charts.labels_chart(report.labels()))
    yield Section("Confidence", charts.confidence_chart(rows.confidence))
    title = "Measurements, beside those of the training rows"
    if rows.reference and rows.spread:
        yield Section(title, histograms(rows.reference, rows.spread), note=reading(rows.reference))
    else:
        yield Section(title, note=f"Not drawn: {printable('; '.join(batch.missing))}.")
        drift = {name: each.index for name, each in report.drift().items()}
        yield Section("Drift", charts.drift_chart(drift), note="How far they lie from those trained on.")
