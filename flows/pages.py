"""Pages: a batch or a version as one HTML file for people, drawn from the published files alone."""

from __future__ import annotations

import io
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pyarrow.compute as pc
import pyarrow.parquet as pq
from jinja2 import Environment, PackageLoader

from data.publishing import Stage
from flows import figures
from flows.ledger import record_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from flows.home import Home
    from flows.ledger import Record
    from models.store import ModelStore

MOST: Final = 50  # rows of a list; the Parquet has them all
BINS: Final = 20
OPTIONS: Final[dict[str, Any]] = {"pre_buffer": False, "page_checksum_verification": True}


@dataclass
class Section:
    """A part of a page: a figure, or rows of a table, or both, and what they mean."""

    title: str
    figure: str = ""
    rows: list[dict[str, Any]] = field(default_factory=list)
    numbers: tuple[str, ...] = ()
    note: str = ""

    @property
    def columns(self) -> list[str]:
        """The names of the table's columns."""
        return list(self.rows[0]) if self.rows else []


def draw_batch(batch: str, home: Home) -> Path:
    """Draw the page of a batch; SourceError where there is no such batch."""
    record = record_of(home, batch)
    report = pq.read_table(home.report(batch)).to_pylist()
    figure = {line["metric"]: line for line in report if line["label"] is None}
    unseen = figure["accuracy_unseen"]["value"]
    facts = {
        "rows in": f"{record.rows:,}",
        "labelled": f"{record.labelled:,}",
        "rejected": f"{record.rejected:,}",
        "to review": f"{int(figure['review']['value'] or 0):,}",
        "right, of rows with truth": _share(figure["accuracy"]["value"]),
        "right, of those never trained on": _share(unseen),
    }
    lead = [
        f"{record.source}, labelled by version {record.model_version} of the {record.table} model.",
        f"Read as: {figure['layout']['other']}.",
    ]
    foot = (
        f"source sha256 {record.source_sha256}; model sha256 {record.model_sha256}; wine-labels {record.code_version}"
    )
    sections = [each for each in _batch_sections(batch, home, record, report) if each.figure or each.rows or each.note]
    return _publish(home, batch, title=f"Batch {batch}", lead=lead, facts=facts, sections=sections, foot=foot)


def _batch_sections(batch: str, home: Home, record: Record, report: list[dict[str, Any]]) -> Iterator[Section]:
    review, bins = _review(home.labels(batch))
    rejects = _rejects(home.rejects(batch))
    yield Section("To review", rows=review, numbers=("row", "confidence"), note=_more(review, "rows", "data/labels"))
    yield Section("Rejected", rows=rejects, numbers=("row",), note=_more(rejects, "cells", "data/rejects"))
    if not record.labelled:
        return
    counts = {line["label"]: int(line["value"]) for line in report if line["metric"] == "labels"}
    yield Section("Labels by class", figures.labels_chart(counts))
    yield Section("Confidence", figures.confidence_chart(bins))
    confusion = {(line["label"], line["other"]): int(line["value"]) for line in report if line["metric"] == "confusion"}
    yield from _confusion(confusion, "Rows of this batch with truth, those trained on among them.")
    drift = {line["label"]: line["value"] for line in report if line["metric"] == "drift"}
    yield Section(
        "Drift", figures.drift_chart(drift), note="How far this batch's measurements lie from those trained on."
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
    told = [
        {
            "row": f"{row['row']:,}",
            **({"id": row["id"]} if row["id"] else {}),
            "label": row["label"],
            "confidence": f"{row['confidence']:.1%}",
            "why": _why(row),
        }
        for row in rows
    ]
    return told, bins.tolist()


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
            "column": line["column"] or "the whole line",
            "rule": line["rule"],
            "value": line["value"],
        }
        for line in lines
    ]


def _more(rows: list[dict[str, Any]], what: str, where: str) -> str:
    if not rows:
        return "None."
    return f"The first {MOST} {what}; all are in {where}." if len(rows) == MOST else ""


def _confusion(counts: dict[tuple[str, str], int], note: str) -> Iterator[Section]:
    names = list(dict.fromkeys(truth for truth, _ in counts))
    rows = [{"truth \\ label": true} | {told: f"{counts[true, told]:,}" for told in names} for true in names]
    if rows:
        yield Section("Truth against label (rows)", rows=rows, numbers=tuple(names), note=note)


def draw_version(store: ModelStore, number: int, home: Home, table: str) -> Path:
    """Draw the page of a version; ModelError where there is no such version."""
    version = store.load(number)
    notes = version.notes
    cv = notes["cross_validation"]
    facts = {
        "right, cross-validated": f"{cv['accuracy']:.2%}",
        "right, on its training rows": f"{notes['training_accuracy']:.2%}",
        "training rows": f"{notes['rows']:,}",
        "calibration error": f"{cv['calibration_error']:.2%}",
    }
    sizes = " → ".join(map(str, version.classifier.network.sizes))
    lead = [
        f"A network {sizes} trained on {notes['source']}, recipe {notes['recipe']['name']}, seed {notes['seed']}.",
        "Believe the cross-validated figure: it is about rows the network had not seen.",
    ]
    history = notes["history"]
    chart = figures.training_chart(history["epochs"], history["loss"], history["training_accuracy"])
    sections = [Section("Training", chart, note="On the rows it was trained on.")]
    names = version.classifier.classes
    counts = {
        (true, told): cv["confusion"][row][column]
        for row, true in enumerate(names)
        for column, told in enumerate(names)
    }
    sections += _confusion(counts, f"Each row told by a network that had not seen it, {cv['folds']} folds.")
    if curve := cv.get("calibration"):
        figure = figures.calibration_chart(curve["confidence"], curve["accuracy"], curve["count"])
        sections.append(Section("Calibration", figure, note="Held-out rows, all repeats of the cross-validation."))
    sections.append(Section("The rows it saw", rows=_seen(version.files["training.parquet"]), numbers=SEEN))
    made = f"version {number}, sha256 {version.sha256}; source sha256 {notes['source_sha256']}"
    foot = f"{made}; wine-labels {notes['code_version']}"
    title = f"Version {number} of the {table} model"
    return _publish(
        home, f"versions/{table}-{number:04}", title=title, lead=lead, facts=facts, sections=sections, foot=foot
    )


SEEN: Final = ("least", "mean", "most")


def _seen(content: bytes) -> list[dict[str, Any]]:
    table = pq.read_table(io.BytesIO(content)).drop_columns("class_index")
    return [
        {"measurement": name, "least": f"{pc.min(column).as_py():g}", "mean": f"{pc.mean(column).as_py():.4g}",
         "most": f"{pc.max(column).as_py():g}"}
        for name, column in zip(table.column_names, table.columns, strict=True)
    ]  # fmt: skip


def _share(value: float | None) -> str:
    return "none" if value is None else f"{value:.2%}"


def _publish(home: Home, name: str, **content: Any) -> Path:
    environment = Environment(loader=PackageLoader("flows", "."), autoescape=True, trim_blocks=True)
    target = home.page(name)
    with Stage(home.staging, f"page {name.replace('/', ' ')}") as stage:
        stage.file(target).write_text(environment.get_template("page.html").render(**content), encoding="utf-8")
        stage.publish()
    return target
