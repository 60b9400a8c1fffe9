"""The page of a version: what was decided of it, how its promises held since, its evidence, the rows it saw."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import pyarrow as pa
import pyarrow.compute as pc

from flows.pages import charts, promises
from flows.pages.link import Links
from flows.pages.page import Page, Section, confusion_section
from flows.pages.promises import Promises
from flows.state.lives import lives
from flows.state.overview import overview
from flows.state.pages import VERSIONS, version_file
from flows.state.tellings import deliveries
from flows.state.training_table import CLASS, training_table
from models.evidence import Evidence

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from data.places import Place
    from flows.state.home import Home
    from flows.state.lives import Life
    from models.evidence import Origin
    from models.store import ModelStore

FIGURES: Final = ("min", "mean", "max")
MOST_LEVELS: Final = 12
REVIEWED: Final = (
    "Each share with its 95 % interval. Rows picked for review are the doubtful ones: they say nothing of all others."
)


def draw_version(store: ModelStore, number: int, home: Home) -> Place:
    """Draw the page of a version; ModelError where there is no such version."""
    version = store.load(number)
    evidence = Evidence.from_notes(version.notes)
    origin, cv = evidence.origin, evidence.cross_validation
    sizes = " → ".join(map(str, version.classifier.network.sizes))
    made = f"version {number}, sha256 {version.sha256}; source sha256 {origin.source_sha256}"
    target = home.pages / VERSIONS / version_file(origin.table, number)
    links = Links(home, target)
    life = lives(store)[number]
    page = Page(
        title=f"Version {number} of the {origin.table} model",
        lead=[
            _standing(life, champion=store.champion() == number),
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
            *_decided(life),
            *_held(Promises.of(overview(home), origin.table, number), links),
            *_learned(origin, home),
            *_sections(evidence, version.classifier.classes),
            Section("The training rows", rows=_ranges(training_table(version)), numbers=FIGURES),
        ],
        foot=f"{made}; wine-labels {origin.code_version}",
        links=[links.home()],
    )
    return page.write(home, target)


def _standing(life: Life, *, champion: bool) -> str:
    made = f"Made on {life.registered_at[:10]}" if life.registered_at else "Made before there was a history"
    if champion:
        return f"{made}; champion since {life.since[:10]}: it labels when no version is named."
    return f"{made}; not champion{', as it was before' if life.since else ' and never was'}."


def _decided(life: Life) -> Iterator[Section]:
    rows = [{"on": each.at[:10], "decided": each.event, "why": each.reason} for each in life.decisions]
    yield Section("What was decided of it", rows=rows, note="" if rows else "Nothing yet.")


def _held(held: Promises, links: Links) -> Iterator[Section]:
    title = "How its promises held since"
    if not held.batches:
        yield Section(title, note="No truth has been told of any batch that it labelled.")
        return
    yield Section(title, rows=held.by_how(), numbers=promises.NUMBERS, note=held.promised + REVIEWED)
    if worst := held.worst(links):
        yield Section("Its judged batches", rows=worst, numbers=promises.NUMBERS, note=promises.WORST)


def _learned(origin: Origin, home: Home) -> Iterator[Section]:
    """The deliveries of truth among what it was trained on; what is not there any more is named by its sha256."""
    names = {delivery.delivery_sha256: delivery for _, delivery in deliveries(home)}
    rows = [
        {"delivery": names[each].delivery, "added": names[each].told_at[:10], "rows told": f"{names[each].told:,}"}
        if each in names
        else {"delivery": each, "added": "", "rows told": ""}
        for each in origin.deliveries
    ]
    yield Section(
        "Truth it learned from", rows=rows, numbers=("rows told",), note="" if rows else "None: tables alone."
    )


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
    """The smallest, mean and largest value of each measurement among the training rows, of a category its levels."""
    table = rows.drop_columns(CLASS)
    return [
        {"measurement": f"{name}: {_levels(column)}", **dict.fromkeys(FIGURES, "")}
        if pa.types.is_dictionary(column.type)
        else {"measurement": name} | _range(column)
        for name, column in zip(table.column_names, table.columns, strict=True)
    ]


def _range(column: pa.ChunkedArray) -> dict[str, str]:
    if column.null_count == len(column):
        return dict.fromkeys(FIGURES, "")
    low, mean, high = (find(column).as_py() for find in (pc.min, pc.mean, pc.max))
    return dict(zip(FIGURES, (f"{low:g}", f"{mean:.4g}", f"{high:g}"), strict=True))


def _levels(column: pa.ChunkedArray) -> str:
    """The levels of a category, the most frequent first, and how many rows have each."""
    counts = sorted(column.value_counts().to_pylist(), key=lambda each: (-each["counts"], str(each["values"])))
    names = {None: "missing", "": "unseen"}
    said = [f"{names.get(each['values'], each['values'])} {each['counts']:,}" for each in counts]
    return ", ".join([*said[:MOST_LEVELS], *["…"] * (len(said) > MOST_LEVELS)])
