"""To train: labelled tables in, a version out, with the evidence for it, weighed against the champion."""

from __future__ import annotations

import hashlib
from contextlib import ExitStack, suppress
from dataclasses import replace
from importlib.metadata import version as installed
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from threadpoolctl import threadpool_limits

from data.sources import find, opened
from flows.jobs.batch import Trained
from flows.jobs.guard import check_inputs, check_learnable, contradiction, damage
from flows.jobs.refusals import TrainingError
from flows.jobs.stopping import check
from flows.jobs.training_rows import TrainingRows, write_rows
from flows.jobs.truth_rows import TruthRows
from flows.state.encoding import encoding_of
from flows.state.training_table import load_reference
from flows.state.version_table import check_home
from models.card import card
from models.evidence import Candidate, Evidence, Later, Origin, origin_of
from models.gate import Champion, Verdict, weigh
from models.golden import repeats
from models.store import BY_HAND, ModelStore, Version
from nn.classifier import Classifier
from nn.conformal import fit_conformal
from nn.encoding import one_hot
from nn.recipe import RECIPES
from nn.rounding import rounded
from nn.rule import Extent, folds_for, recipe_for
from nn.validation import cross_validate
from schemas.table_file import TABLE_FILE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from data.sources import Source
    from flows.jobs.request import Training
    from nn.validation import Validated
    from schemas.table import Table

FEWEST_PER_CLASS: Final = 2


def train(training: Training) -> Trained:
    """Train a version on the valid rows of tables with ground-truth labels, cross-validate it, keep it, and weigh it.

    It becomes champion if it passes the gate (see `models.gate`), or at once where that is asked. Where a version was
    made from the same bytes in the same way nothing is trained, unless it is to be done again. SourceError or
    TrainingError where a table cannot be learned from.
    """
    training.home.settle()
    table, store = training.home.table, ModelStore(training.home.models)
    check_home(training.home)
    check_inputs(encoding_of(table.columns))
    with ExitStack() as stack:
        names = find(training.tables())
        sources = [stack.enter_context(opened(name, training.home.staging, check)) for name in names]
        told = TruthRows.of(training.home, table) if training.truth else TruthRows.none(table)
        origin = _origin(training, sources, told)
        if not training.again and (same := _made_before(store, origin, table)):
            return _left_alone(store, same, promote=training.promote)
        tables = TrainingRows.together(TrainingRows.read(source, table) for source in sources)
    return _train_on(training, store, origin, tables, told.beside(tables))


def _train_on(training: Training, store: ModelStore, origin: Origin, tables: TrainingRows, told: TruthRows) -> Trained:
    """Train on rows of tables and rows that were told, keep the version, and weigh it."""
    champion, table = _champion(store), training.home.table
    trusted = _trusted(training, origin.source, (tables, told.rows), champion)
    rows = TrainingRows.together([tables, told.rows])
    origin = _sized(origin, table, len(rows.x))
    with threadpool_limits(1):
        validated = _validated(origin, rows, table)
        if champion is None:
            check_learnable(origin.source, validated, rows.classes)
        classifier = _classifier(validated, rows, table)
        none = np.zeros(len(tables.x), dtype=bool)
        later = Later(np.concatenate([none, told.sampled]), np.concatenate([none, told.fair]))
        candidate = Candidate(rows.x, rows.classes, validated, later)
        verdict = weigh(candidate, champion, origin.seed, table.least_accuracy)
        evidence = Evidence.of(classifier, candidate, origin, rows.left_out, told.learned)
    saved = store.save(classifier, evidence.to_notes(), _files(classifier, rows, evidence, table))
    if trusted:
        verdict = replace(verdict, reason=f"{verdict.reason}; learned from all the same: {trusted}")
    return _decided(store, saved, verdict, promote=training.promote)


def _validated(origin: Origin, rows: TrainingRows, table: Table) -> Validated:
    y = one_hot(rows.classes, len(table.classes))
    folds, times = folds_for(_extent(table, len(rows.x)), _fewest(origin.source, y, table))
    encoding = encoding_of(table.columns)
    return cross_validate(rows.x, y, origin.recipe, origin.seed, encoding=encoding, folds=folds, repeats=times)


def _classifier(validated: Validated, rows: TrainingRows, table: Table) -> Classifier:
    encoding = encoding_of(table.columns)
    conformal = fit_conformal(rows.x, rows.classes, validated.held_out, validated.folds, encoding=encoding)
    names = (table.features, table.class_names)
    return rounded(Classifier(*names, validated.standardizer, validated.network, conformal, encoding))


def _files(classifier: Classifier, rows: TrainingRows, evidence: Evidence, table: Table) -> dict[str, bytes]:
    """What a version is kept with: its rows, its card, and its table where that does not come with the program."""
    files = {
        "training.parquet": write_rows(table.features, rows.x, rows.classes, classifier.encoding),
        "card.md": card(evidence, table.row, table.class_names, classifier.network.sizes).encode(),
    }
    return files if table.packaged else files | {TABLE_FILE: table.text.encode()}


def _trusted(
    training: Training, source: str, parts: tuple[TrainingRows, TrainingRows], champion: Champion | None
) -> str | None:
    """How rows that are learned from all the same contradict the champion; TrainingError where that was not asked.

    Of rows of tables and rows that were told: those were held against their columns when they were labelled.
    """
    if champion is None:
        return None
    labels = "; ".join(filter(None, (contradiction(rows, champion.version) for rows in parts if len(rows.x))))
    columns = damage(parts[0], champion.version)
    if labels and not training.trust_labels:
        message = f"{source}: labels contradict the champion; found that {labels}; correct them or pass --trust-labels"
        raise TrainingError(message)
    if columns and training.home.table.refuse_suspect and not training.accept_suspect:
        message = f"{source}: columns do not go together; found that {columns}; repair them or pass --accept-suspect"
        raise TrainingError(message)
    return "; ".join(filter(None, (labels, columns))) or None


def _origin(training: Training, sources: Sequence[Source], told: TruthRows) -> Origin:
    return Origin(
        table=training.home.table.name,
        source=", ".join(source.file for source in sources),
        source_sha256=_digest(sources),
        recipe=RECIPES[training.recipe],
        seed=training.seed,
        code_version=installed("wine-labels"),
        deliveries=told.deliveries,
    )


def _sized(origin: Origin, table: Table, rows: int) -> Origin:
    """The origin, its recipe as so many rows of a table have it."""
    return replace(origin, recipe=recipe_for(origin.recipe.name, _extent(table, rows)))


def _extent(table: Table, rows: int) -> Extent:
    return Extent(rows, encoding_of(table.columns).width(len(table.columns)), len(table.classes))


def _digest(sources: Sequence[Source]) -> str:
    """The sha256 of the only source, or of those of all."""
    first, *others = (source.sha256 for source in sources)
    return hashlib.sha256("".join([first, *others]).encode()).hexdigest() if others else first


def _made_before(store: ModelStore, origin: Origin, table: Table) -> int | None:
    """The newest version of this origin, and of the table as it is declared now, that was promoted or refused."""
    store.settle()
    declared = None if table.packaged else table.sha256
    for number in reversed(store.versions()):
        with suppress(KeyError, TypeError):  # notes of another kind are of another origin
            described = store.describe(number)
            notes, files = described["notes"], described["files"]
            # The same bytes have as many rows. Killed before it was weighed, a version would stay as it is for ever.
            same = origin_of(notes) == _sized(origin, table, notes["rows"]) and files.get(TABLE_FILE) == declared
            if same and store.decided(number):
                return number
    return None


def _left_alone(store: ModelStore, number: int, *, promote: bool) -> Trained:
    reason = f"version {number} was made before from the same tables in the same way; nothing was trained"
    if store.champion() != number and not promote:
        reason = f"{reason}; `wine-labels models promote {number}` if it is to label all the same"
    if promote and store.champion() != number:
        store.promote(number, BY_HAND)
        reason = f"{reason}, and it was promoted {BY_HAND}"
    return _trained(store.load(number), reason, promoted=store.champion() == number)


def _champion(store: ModelStore) -> Champion | None:
    if store.champion() is None:
        return None
    version = store.load()
    return Champion(version, load_reference(version))


def _decided(store: ModelStore, saved: Version, verdict: Verdict, *, promote: bool) -> Trained:
    """What came of the training, once the new version has been promoted or refused, and that recorded."""
    if not repeats(store, saved.number):
        verdict = Verdict(False, "does not repeat its golden rows in a fresh process", verdict.figures)  # noqa: FBT003
    reason = f"promoted {BY_HAND}; the gate says: {verdict.reason}" if promote else verdict.reason
    promoted = promote or verdict.passed
    (store.promote if promoted else store.refuse)(saved.number, reason, verdict.figures)
    return _trained(saved, reason, promoted=promoted)


def _trained(version: Version, reason: str, *, promoted: bool) -> Trained:
    evidence = Evidence.from_notes(version.notes)
    return Trained(
        version=version.number,
        promoted=promoted,
        reason=reason,
        rows=evidence.rows,
        training_accuracy=evidence.training_accuracy,
        cv_accuracy=evidence.cross_validation.accuracy,
        sha256=version.sha256,
    )


def _fewest(source: str, y: np.ndarray[Any, Any], table: Table) -> int:
    """The rows of the smallest class; TrainingError where they are too few."""
    counts = y.sum(axis=0).astype(int)
    if counts.min() < FEWEST_PER_CLASS:
        found = ", ".join(f"{count} {name}" for name, count in zip(table.class_names, counts, strict=True))
        message = f"{source}: too few rows to train on; found {found}; give {FEWEST_PER_CLASS} or more of each class"
        raise TrainingError(message)
    return int(counts.min())
