"""The judgement of a batch: its labels held against its truth, in long form like a report."""

from __future__ import annotations

from importlib.metadata import version as installed
from typing import TYPE_CHECKING, Any, Final

import pyarrow as pa

from flows.state.ledger import published
from flows.state.report import Report
from schemas.results import SCHEMA_VERSION, judged_schema
from schemas.telling import Judgement

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from flows.state.home import Home
    from flows.state.tellings import Tellings
    from schemas.record import Record
    from schemas.telling import Delivery


FIGURES: Final = (
    "accuracy", "accuracy_low", "accuracy_high", "accuracy_unseen", "expected_accuracy",
    "coverage", "coverage_low", "coverage_high", "promised_coverage",
)  # fmt: skip
WAYS: Final = ("told", "reviewed", "sampled", "input", "trained")


def judgement_of(home: Home, batch: str) -> Report | None:
    """The figures of a batch held against its truth; None where there are none that can be read."""
    try:
        return Report.read(home.judged(batch))
    except (OSError, ValueError):
        return None


def judgement_from(record: Record, deliveries: Sequence[Delivery]) -> Judgement:
    """What a judged file records where it is drawn from these labels and deliveries."""
    return Judgement(
        schema_version=SCHEMA_VERSION,
        table=record.table,
        source_sha256=record.source_sha256,
        model_version=record.model_version,
        model_sha256=record.model_sha256,
        code_version=installed("wine-labels"),
        deliveries=" ".join(delivery.delivery_sha256 for delivery in deliveries),
    )


def unjudged(home: Home, tellings: Tellings) -> list[str]:
    """The batches whose labels have not been held against what is told of them."""
    records = {batch: record for batch in tellings.batches if (record := published(home, batch))}
    return [
        batch
        for batch, record in records.items()
        if Judgement.read(home.judged(batch)) != judgement_from(record, tellings.deliveries(batch))
    ]


def judgement_table(
    figures: Sequence[Mapping[str, Any]], batch: str, model_version: int, judged_at: datetime
) -> pa.Table:
    """The figures as the Arrow table that is published."""
    same = {"batch": batch, "model_version": model_version, "judged_at": judged_at}
    return pa.Table.from_pylist([{**same, **figure} for figure in figures], schema=judged_schema())


def judged_document(batch: str, report: Report) -> dict[str, Any]:
    """A judged batch as `--json` shows it."""
    figures = {name: report.value(name) for name in FIGURES}
    ways = {way: {"rows": rows, **_interval(report, way)} for way in WAYS if (rows := rows_known(report, way))}
    return {
        "batch": batch,
        "labelled": int(report.value("labelled") or 0),
        "judged": int(report.value("judged") or 0),
        **figures,
        "ways": ways,
        "review_wrong": report.value("review_wrong"),
        "others_wrong": report.value("others_wrong"),
        "broken_promises": broken_promises(report),
    }


def broken_promises(report: Report) -> list[str]:
    """The promises that a judged batch has broken, a sentence each."""
    return [line["other"] for line in report.lines if line["metric"] == "broken_promise"]


def rows_known(report: Report, way: str) -> int:
    """How many rows of a judged batch have a truth that is known in this way."""
    lines = (line for line in report.lines if line["metric"] == "judged_rows" and line["label"] == way)
    return next((int(line["value"]) for line in lines), 0)


def _interval(report: Report, way: str) -> dict[str, float | None]:
    return {f"accuracy{end}": report.value(f"accuracy_{way}{end}") for end in ("", "_low", "_high")}
