"""The page of a batch: its counts, what to review and why, what was rejected, its charts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pyarrow.parquet as pq

from flows.pages import charts
from flows.pages.page import Page, Section, confusion_section, share
from flows.state.ledger import record_of
from flows.state.printable import printable
from flows.state.report import Report
from flows.state.warnings import warnings

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from flows.state.home import Home
    from schemas.record import Record

LONGEST: Final = 200  # characters of a cell
MOST: Final = 50  # rows of a list; the Parquet has them all
BINS: Final = 20
OPTIONS: Final[dict[str, Any]] = {"pre_buffer": False, "page_checksum_verification": True}


def draw_batch(batch: str, home: Home) -> Path:
    """Draw the page of a batch; SourceError where there is no such batch."""
    record = record_of(home, batch)
    report = Report.read(home.report(batch))
    made = f"source sha256 {record.source_sha256}; model sha256 {record.model_sha256}"
    sections = _sections(batch, home, record, report)
    page = Page(
        title=f"Batch {batch}",
        lead=[
            f"{record.source}, labelled by version {record.model_version} of the {record.table} model.",
            f"Read as: {report.text('layout')}.",
            *(f"Look at: {text}." for text in (record.suspect, *warnings(report)) if text),
        ],
        facts={
            "rows in": f"{record.rows:,}",
            "labelled": f"{record.labelled:,}",
            "rejected": f"{record.rejected:,}",
            "to review": f"{int(report.value('review') or 0):,}",
            "observed accuracy, rows with truth": share(report.value("accuracy")),
            "observed accuracy, never trained on": share(report.value("accuracy_unseen")),
        },
        sections=[each for each in sections if each.chart or each.rows or each.note],
        foot=f"{made}; wine-labels {record.code_version}",
    )
    return page.publish(home, batch)


def _sections(batch: str, home: Home, record: Record, report: Report) -> Iterator[Section]:
    review, bins = _review(home.labels(batch))
    rejects = _rejects(home.rejects(batch))
    yield Section("To review", rows=review, numbers=("row", "confidence"), note=_more(review, "rows", "data/labels"))
    yield Section("Rejected", rows=rejects, numbers=("row",), note=_more(rejects, "cells", "data/rejects"))
    if not record.labelled:
        return
    yield Section("Labels by class", charts.labels_chart(report.labels()))
    yield Section("Confidence", charts.confidence_chart(bins))
    yield from confusion_section(report.confusion(), "Rows of this batch with truth, those trained on among them.")
    drift = {name: each.index for name, each in report.drift().items()}
    yield Section(
        "Drift", charts.drift_chart(drift), note="How far this batch's measurements lie from those trained on."
    )


def _review(labels: Path) -> tuple[list[dict[str, Any]], list[int]]:
    """The first rows to review, each with why, and how many rows have which confidence."""
    names = ["row", "id", "label", "confidence", "label_set", "typicality", "review"]
    rows: list[dict[str, Any]] = []
    bins = np.zeros(BINS, dtype=np.int64)
    with pq.ParquetFile(labels, **OPTIONS) as file:
        for batch in file.iter_batches(columns=names):
            bins += np.histogram(batch["confidence"].to_numpy(), BINS, (0, 1))[0]
            if len(rows) < MOST:
                rows += batch.filter(batch["review"]).slice(0, MOST - len(rows)).to_pylist()
    shown = [
        {
            "row": f"{row['row']:,}",
            **({"id": printable(row["id"], LONGEST)} if row["id"] else {}),
            "label": row["label"],
            "confidence": f"{row['confidence']:.1%}",
            "why": _why(row),
        }
        for row in rows
    ]
    return shown, bins.tolist()


def _why(row: dict[str, Any]) -> str:
    if "|" in row["label_set"]:
        return f"may be {row['label_set'].replace('|', ' or ')}"
    return f"unlike the training rows: {row['typicality']:.1%} of rows like those are as unusual"


def _rejects(path: Path) -> list[dict[str, Any]]:
    names = ["row", "id", "column", "rule", "value"]
    with pq.ParquetFile(path, **OPTIONS) as file:
        first = next(file.iter_batches(batch_size=MOST, columns=names), None)
    lines = [] if first is None else first.to_pylist()
    return [
        {
            "row": f"{line['row']:,}",
            "column": printable(line["column"] or "the whole row", LONGEST),
            "rule": line["rule"],
            "value": printable(line["value"] or "", LONGEST),
        }
        for line in lines
    ]


def _more(rows: list[dict[str, Any]], what: str, where: str) -> str:
    if not rows:
        return "None."
    return f"The first {MOST} {what}; all are in {where}." if len(rows) == MOST else ""
