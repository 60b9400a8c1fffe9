"""The page of a version: its evidence and the rows it was trained on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import pyarrow.compute as pc

from flows.pages import charts
from flows.pages.page import Page, Section, confusion_section
from flows.state.training_table import CLASS, training_table
from models.evidence import Evidence

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    import pyarrow as pa

    from flows.state.home import Home
    from models.store import ModelStore

FIGURES: Final = ("min", "mean", "max")


def draw_version(store: ModelStore, number: int, home: Home) -> Path:
    """Draw the page of a version; ModelError where there is no such version."""
    version = store.load(number)
    evidence = Evidence.from_notes(version.notes)
    origin, cv = evidence.origin, evidence.cross_validation
    sizes = " → ".join(map(str, version.classifier.network.sizes))
    made = f"version {number}, sha256 {version.sha256}; source sha256 {origin.source_sha256}"
    page = Page(
        title=f"Version {number} of the {origin.table} model",
        lead=[
            f"A network {sizes} trained on {origin.source}, recipe {origin.recipe.name}, random seed {origin.seed}.",
            "Believe the cross-validated figure: it is about rows the network had not seen.",
        ],
        facts={
            "accuracy, cross-validated": f"{cv.accuracy:.2%}",
            "accuracy on its training rows": f"{evidence.training_accuracy:.2%}",
            "training rows": f"{evidence.rows:,}",
            "calibration error": f"{cv.calibration_error:.2%}",
        },
        sections=[
            *_sections(evidence, version.classifier.classes),
            Section("The training rows", rows=_ranges(training_table(version)), numbers=FIGURES),
        ],
        foot=f"{made}; wine-labels {origin.code_version}",
    )
    return page.publish(home, f"versions/{origin.table}-{number:04}")


def _sections(evidence: Evidence, names: Sequence[str]) -> Iterator[Section]:
    history, cv = evidence.history, evidence.cross_validation
    chart = charts.training_chart(history.epochs, history.loss, history.training_accuracy)
    yield Section("Training", chart, note="On the rows it was trained on.")
    pairs = [(true, label) for true in names for label in names]
    counts = dict(zip(pairs, (count for row in cv.confusion for count in row), strict=True))
    yield from confusion_section(
        counts, f"Out-of-fold predictions: {cv.folds} folds, the first of {cv.repeats} repeats."
    )
    if curve := cv.calibration:
        chart = charts.calibration_chart(curve.confidence, curve.accuracy, curve.count)
        yield Section("Calibration", chart, note="Out-of-fold predictions of all repeats of the cross-validation.")


def _ranges(rows: pa.Table) -> list[dict[str, Any]]:
    """The smallest, mean and largest value of each measurement among the training rows."""
    table = rows.drop_columns(CLASS)
    return [
        {"measurement": name, "min": f"{pc.min(column).as_py():g}", "mean": f"{pc.mean(column).as_py():.4g}",
         "max": f"{pc.max(column).as_py():g}"}
        for name, column in zip(table.column_names, table.columns, strict=True)
    ]  # fmt: skip
