"""The trainer: a labelled table in, a version out, with the evidence for it, weighed against the champion."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict
from importlib.metadata import version as installed
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from threadpoolctl import threadpool_limits

from data.fingerprints import fingerprint
from data.layouts import sniff
from data.reading import read_chunks, settle_truth
from flows.batch import Trained
from flows.card import card
from flows.gate import Verdict, weigh
from flows.ledger import sha256_of
from flows.reference import load_reference, write_rows
from flows.truth import class_indices
from models.golden import golden_rows, repeats
from models.store import ModelStore, Version
from nn.classifier import Classifier
from nn.conformal import fit_conformal
from nn.encoding import one_hot
from nn.metrics import calibration_curve, calibration_error, judge, precision_and_recall
from nn.training import RECIPES
from nn.validation import Validated, cross_validate
from schemas._checking import check_rows
from schemas._table import Table, get_table

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from flows.home import Home

FEWEST_PER_CLASS: Final = 2
FOLDS: Final = 10
REPEATS: Final = 5


class TrainingError(ValueError):
    """A table from which no version can be trained."""


def train(
    sources: Sequence[Path],
    home: Home,
    *,
    table: str = "wine",
    recipe: str = "default",
    seed: int = 0,
    promote: bool = False,
    only_if_new: bool = False,
) -> Trained:
    """Train a version on the valid rows of tables that carry truth, cross-validate it, keep it, and weigh it.

    It becomes champion if it passes the gate (see `flows.gate`), or at once with ``promote``. With ``only_if_new``
    nothing is trained where the newest version was made from the same bytes in the same way.
    """
    declared = get_table(table)
    store = ModelStore(home.models(table))
    origin: dict[str, Any] = {
        "table": table,
        "source": ", ".join(source.name for source in sources),
        "source_sha256": _digest(sources),
        "recipe": asdict(RECIPES[recipe]),
        "seed": seed,
        "code_version": installed("wine-labels"),
    }
    if only_if_new and (same := _made_before(store, origin)):
        return same
    parts = [_training_rows(source, declared) for source in sources]
    x, truth = (np.concatenate(each) for each in ([part[0] for part in parts], [part[1] for part in parts]))
    y = one_hot(truth, len(declared.classes))
    folds = _folds(origin["source"], y, declared)
    with threadpool_limits(1):
        validated = cross_validate(x, y, RECIPES[recipe], seed, folds=folds, repeats=REPEATS)
        conformal = fit_conformal(x, truth, validated.held_out, validated.folds)
        names = (declared.features, declared.class_names)
        classifier = Classifier(*names, validated.standardizer, validated.network, conformal)
        verdict = _weigh(store, x, truth, validated, seed)
        left_out = {"rows_left_out": sum(part[2] for part in parts)}
        notes = _notes(classifier, x, truth, validated) | origin | left_out
    files = {
        "training.parquet": write_rows(declared.features, x, truth),
        "card.md": card(notes, declared.class_names, classifier.network.sizes).encode(),
    }
    saved = store.save(classifier, notes, files)
    return _promoted(store, saved, notes, verdict, promote=promote)


def _digest(sources: Sequence[Path]) -> str:
    """The sha256 of the only source, or of those of all."""
    first, *others = (sha256_of(source) for source in sources)
    return hashlib.sha256("".join([first, *others]).encode()).hexdigest() if others else first


def _made_before(store: ModelStore, origin: dict[str, Any]) -> Trained | None:
    """The newest version, where it is of this origin and was promoted or refused."""
    store.settle()
    number = next(reversed(store.versions()), None)
    if number is None or not store.decided(number):  # killed before it was weighed, it would stay as it is for ever
        return None
    newest = store.load(number)
    if any(newest.notes.get(name) != json.loads(json.dumps(value)) for name, value in origin.items()):
        return None
    reason = f"version {number} was made from the same tables in the same way; nothing was trained"
    return _trained(newest, newest.notes, reason, promoted=store.champion() == number)


def _weigh(
    store: ModelStore, x: np.ndarray[Any, Any], truth: np.ndarray[Any, Any], validated: Validated, seed: int
) -> Verdict:
    champion = None if store.champion() is None else store.load()
    reference = None if champion is None else load_reference(champion)
    return weigh(x, truth, validated, champion, reference, fingerprint(x), seed)


def _notes(
    classifier: Classifier, x: np.ndarray[Any, Any], truth: np.ndarray[Any, Any], validated: Validated
) -> dict[str, Any]:
    """The evidence: figures on the training rows and out of fold, each under its own name, and the golden rows."""
    times = [judge(held_out, truth) for held_out in validated.held_out]
    accuracies = np.array([each.accuracy for each in times], dtype=float)
    precision, recall = precision_and_recall(times[0].confusion)
    return {
        "rows": len(x),
        "training_accuracy": judge(classifier.predict_proba(x), truth).accuracy,
        "cross_validation": {
            "folds": validated.folds_a_repeat,
            "repeats": len(times),
            "accuracy": float(np.mean(accuracies)),
            "accuracy_sd": float(np.std(accuracies)),
            "log_loss": float(np.mean(np.array([each.log_loss for each in times], dtype=float))),
            "calibration_error": float(np.mean([calibration_error(each, truth) for each in validated.held_out])),
            "calibration": _calibration(validated, truth),
            "confusion": times[0].confusion.tolist(),
            "precision": precision,
            "recall": recall,
        },
        "history": {
            "epochs": validated.history.epochs.tolist(),
            "loss": validated.history.loss.tolist(),
            "training_accuracy": validated.history.training_accuracy.tolist(),
        },
        "golden": golden_rows(classifier, x),
    }


def _calibration(validated: Validated, truth: np.ndarray[Any, Any]) -> dict[str, Any]:
    """How often the held-out answers of each confidence are right, over all repeats."""
    answers = np.concatenate(list(validated.held_out))
    confidence, accuracy, counts = calibration_curve(answers, np.tile(truth, len(validated.held_out)))
    return {"confidence": confidence.tolist(), "accuracy": accuracy.tolist(), "count": counts.tolist()}


def _promoted(store: ModelStore, saved: Version, notes: dict[str, Any], verdict: Verdict, *, promote: bool) -> Trained:
    """What came of the training, once the new version has been promoted or refused, and that recorded."""
    if not repeats(store, saved.number):
        verdict = Verdict(False, "does not repeat its golden rows in a fresh process", verdict.figures)  # noqa: FBT003
    reason = f"promoted by hand; the gate says: {verdict.reason}" if promote else verdict.reason
    if promote or verdict.passed:
        store.promote(saved.number, reason, verdict.figures)
    else:
        store.refuse(saved.number, reason, verdict.figures)
    return _trained(saved, notes, reason, promoted=promote or verdict.passed)


def _trained(version: Version, notes: dict[str, Any], reason: str, *, promoted: bool) -> Trained:
    return Trained(
        version=version.number,
        promoted=promoted,
        reason=reason,
        rows=notes["rows"],
        training_accuracy=notes["training_accuracy"],
        cv_accuracy=notes["cross_validation"]["accuracy"],
        sha256=version.sha256,
    )


def _training_rows(source: Path, table: Table) -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any], int]:
    """The valid rows of a labelled table as a matrix (n, d), the class index of each, (n,), and how many others are."""
    layout = settle_truth(source, sniff(source, table))
    if not layout.carries_truth:
        message = f"{source}: no label column to train on; found {layout.why}; add one called {table.label}"
        raise TrainingError(message)
    if layout.truth.ambiguous:
        message = f"{source}: labels that cannot be told; found {layout.truth}; write the classes by name"
        raise TrainingError(message)
    matrices: list[np.ndarray[Any, Any]] = [np.empty((0, len(table.features)))]
    truths: list[np.ndarray[Any, Any]] = [np.empty(0, dtype=np.intp)]
    rows = 0
    for chunk in read_chunks(source, layout):
        indices, _ = class_indices(chunk.frame, layout.truth)
        frame = chunk.frame.assign(truth=np.where(indices < 0, np.nan, indices))
        checked = check_rows(table, frame, labelled=True, as_it_stood=chunk.as_it_stood)
        matrices.append(checked.matrix())
        truths.append(checked.valid["truth"].to_numpy(dtype=np.intp))
        rows += chunk.rows
    x = np.concatenate(matrices)
    return x, np.concatenate(truths), rows - len(x)


def _folds(source: str, y: np.ndarray[Any, Any], table: Table) -> int:
    counts = y.sum(axis=0).astype(int)
    if counts.min() < FEWEST_PER_CLASS:
        found = ", ".join(f"{count} {name}" for name, count in zip(table.class_names, counts, strict=True))
        message = f"{source}: too few rows to train on; found {found}; give {FEWEST_PER_CLASS} or more of each class"
        raise TrainingError(message)
    return min(FOLDS, int(counts.min()))
