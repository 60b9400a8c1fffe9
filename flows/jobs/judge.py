"""To judge: the labels of a batch held against the truth that was told of them; labels and report stay as they are."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final, Literal

import numpy as np
import pyarrow as pa

from data.errors import SourceError
from data.parquet_file import ROW_GROUP, ParquetFile
from data.published import open_published
from data.staging import Stage
from flows.jobs.stopping import check
from flows.jobs.truth_tally import HOWS, TRAINED, JudgedRows, TruthTally
from flows.state.judgement import judgement_from, judgement_of, judgement_table
from flows.state.ledger import record_of
from flows.state.measurements import measurements
from flows.state.raw_rows import known, to_matrix
from flows.state.report import Report, labelled_at
from flows.state.training_table import load_reference
from flows.state.version_table import check_home
from models.errors import ModelError
from models.store import ModelStore
from nn.fingerprints import fingerprint
from nn.network import SMALLEST_PROBABILITY
from schemas.label_set import split_names
from schemas.results import judged_schema
from schemas.telling import Judgement

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flows.state.home import Home
    from flows.state.tellings import Tellings, Told
    from models.store import Version
    from schemas.record import Record
    from schemas.table import Table

READ: Final = ("row", "label", "confidence", "label_set", "review", "truth")
INPUT: Final = HOWS.index("input")


@dataclass(frozen=True, eq=False)
class Truths:
    """What is told of rows (n,), ascending: class indices, how each is known, and whether it was never trained on.

    ``trained`` are rows, ascending, whose truth their input says and that were trained on; None where nobody knows.
    """

    rows: np.ndarray[Any, Any]
    classes: np.ndarray[Any, Any]
    hows: np.ndarray[Any, Any]
    unseen: np.ndarray[Any, Any]
    trained: np.ndarray[Any, Any] | None


def judge(home: Home, batch: str, tellings: Tellings) -> Literal["judged", "unchanged", "no truth"]:
    """Hold the labels of a batch against all truth there is of them.

    What was judged already from the same labels and the same truth is left as it is, unless it is damaged. SourceError
    where there is no such batch.
    """
    record = record_of(home, batch)
    judgement = judgement_from(record, tellings.deliveries(batch))
    if Judgement.read(home.judged(batch)) == judgement and judgement_of(home, batch):
        return "unchanged"
    check_home(home)
    table = home.table
    told = tellings.told(batch, record, table.features)
    truths = _truths(told, home, record, table, _trained(home, batch, record))
    tally = TruthTally.empty(len(table.classes))
    for part in _batches(home, batch, table):
        check()
        tally += TruthTally.of(_judged(part, truths, table), len(table.classes))
    if not tally.count:
        home.judged(batch).unlink(missing_ok=True)  # what it said was of other labels
        return "no truth"
    figures = [*_counts(record, told), *tally.figures(table.class_names)]
    with Stage(home.staging, "judged", batch, waiting=check) as stage:
        with ParquetFile(stage.file(home.judged(batch)), judged_schema()) as file:
            file.write(judgement_table(figures, batch, record.model_version, _judged_at(home, batch, told)))
            file.close(judgement.metadata())
        stage.publish()
    return "judged"


def _counts(record: Record, told: Told | None) -> Iterator[dict[str, Any]]:
    contradicted = int(np.count_nonzero(told.rows["contradicted"])) if told else 0
    other_bytes = told.other_bytes if told else 0
    for metric, value in (("labelled", record.labelled), ("contradicted", contradicted), ("other_bytes", other_bytes)):
        yield {"metric": metric, "value": value, "count": record.labelled}


def _judged_at(home: Home, batch: str, told: Told | None) -> datetime:
    """When the newest of what it is drawn from was told or labelled: the same truth gives the same bytes."""
    told_at = [each.told_at for each in (told.deliveries if told else ())]
    return max([labelled_at(home.report(batch)), *map(datetime.fromisoformat, told_at)])


def _trained(home: Home, batch: str, record: Record) -> np.ndarray[Any, Any] | None:
    """The rows whose truth their input says and that were trained on; None where that cannot be looked up any more."""
    nothing = np.empty(0, dtype=np.int64)
    if not Report.read(home.report(batch)).count("accuracy_seen"):
        return nothing
    with open_published(home.labels(batch)) as file:
        labels = file.read(columns=["row", "truth"])
    rows = labels.filter(pa.compute.is_valid(labels["truth"]))["row"].to_numpy()
    try:
        x = measurements(home, batch, record, rows)
    except SourceError:
        return None
    version = _version(home, record)
    return rows[load_reference(version).seen(fingerprint(x))] if version else None


def _truths(
    told: Told | None, home: Home, record: Record, table: Table, trained: np.ndarray[Any, Any] | None
) -> Truths:
    if told is None:
        nothing = np.empty(0, dtype=np.intp)
        return Truths(nothing, nothing, nothing, nothing.astype(bool), trained)
    rows = told.rows
    classes, hows = (_codes(rows[name], names) for name, names in (("truth", table.class_names), ("how", HOWS)))
    measured, seen = _seen(rows, _version(home, record))
    of_class = classes >= 0
    hows, unseen = np.where(seen, TRAINED, hows)[of_class], (measured & ~seen)[of_class]
    return Truths(rows["row"].to_numpy()[of_class], classes[of_class], hows, unseen, trained)


def _seen(rows: pa.Table, version: Version | None) -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]:
    """Of which rows that can be said, (n,), and which of these a version was trained on; none where it is gone."""
    if version is None:
        nothing = np.zeros(rows.num_rows, dtype=bool)
        return nothing, nothing
    encoding = version.classifier.encoding
    x = to_matrix(rows, version.classifier.features, encoding)
    measured = known(x, encoding)
    return measured, measured & load_reference(version).seen(fingerprint(x))


def _version(home: Home, record: Record) -> Version | None:
    """The version that labelled a batch; None where it, or the rows it was trained on, is gone."""
    try:
        version = ModelStore(home.models).load(record.model_version)
        load_reference(version)
    except ModelError:
        return None
    return version


def _codes(column: pa.ChunkedArray, names: tuple[str, ...]) -> np.ndarray[Any, Any]:
    """The place among the names of each text, -1 where it is none of them."""
    places = pa.compute.index_in(column.cast(pa.string()), value_set=pa.array(names))
    return np.asarray(pa.compute.fill_null(places, -1).to_numpy().astype(np.intp))


def _batches(home: Home, batch: str, table: Table) -> Iterator[pa.RecordBatch]:
    names = [*READ, *(f"p_{name}" for name in table.class_names)]
    with open_published(home.labels(batch)) as file:
        yield from file.iter_batches(ROW_GROUP, columns=names)


def _judged(part: pa.RecordBatch, truths: Truths, table: Table) -> JudgedRows:
    """The rows of some labels whose truth is known: as it is told, or else as their input says."""
    names = table.class_names
    classes: np.ndarray[Any, Any] = _codes(part["truth"], names)
    rows = part["row"].to_numpy()
    trained = np.isin(rows, truths.trained) if truths.trained is not None else np.zeros(len(rows), dtype=bool)
    hows, unseen = np.where(trained, TRAINED, INPUT), ~trained & (truths.trained is not None)
    at = np.searchsorted(truths.rows, rows)
    if len(truths.rows):
        at = np.minimum(at, len(truths.rows) - 1)
        told = truths.rows[at] == rows
        classes = np.where(told, truths.classes[at], classes)
        hows, unseen = np.where(told, truths.hows[at], hows), np.where(told, truths.unseen[at], unseen)
    known = np.flatnonzero(classes >= 0)
    kept = part.take(pa.array(known))
    classes = classes[known]
    shares = np.stack([kept[f"p_{name}"].to_numpy() for name in names])
    given = np.maximum(shares[classes, np.arange(len(known))].astype(float), SMALLEST_PROBABILITY)
    return JudgedRows(
        truth=classes,
        label=_codes(kept["label"], names),
        how=hows[known],
        covered=_covered(kept["label_set"], classes, names),
        confidence=kept["confidence"].to_numpy().astype(float),
        log_loss=-np.log(given),
        review=kept["review"].to_numpy(zero_copy_only=False),
        unseen=unseen[known],
    )


def _covered(sets: pa.DictionaryArray, classes: np.ndarray[Any, Any], names: tuple[str, ...]) -> np.ndarray[Any, Any]:
    """Whether the label set of each row holds its class."""
    coded = sets if pa.types.is_dictionary(sets.type) else sets.dictionary_encode()
    held = np.array([_members(text, names) for text in coded.dictionary.to_pylist()], dtype=bool)
    return np.asarray(held.reshape(-1, len(names))[coded.indices.to_numpy(), classes])


def _members(text: str, names: tuple[str, ...]) -> list[bool]:
    held = {*split_names(text)}
    return [name in held for name in names]
