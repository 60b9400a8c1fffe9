"""Evidence: what a version's notes say of what it was made from and how good it is."""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields, is_dataclass, replace
from typing import TYPE_CHECKING, Any, Final, Self, TypeVar

import numpy as np

from models.errors import damaged
from models.golden import Golden, golden_rows
from nn.metrics import calibration_curve, calibration_error, judge, precision_and_recall
from nn.recipe import Recipe

if TYPE_CHECKING:
    from collections.abc import Sequence

    from nn.classifier import Classifier
    from nn.validation import Validated

DIGITS: Final = 6  # of a figure: more of them differ between kinds of processor

Part = TypeVar("Part")


@dataclass(frozen=True, eq=False)
class Later:
    """Of rows (n,) those whose truth came after they were labelled: drawn at random, and not picked for their doubt."""

    sampled: np.ndarray[Any, Any]
    fair: np.ndarray[Any, Any]


@dataclass(frozen=True, eq=False)
class Candidate:
    """What a new version is made of: raw rows x (n, d), their class indices (n,), and how they were cross-validated."""

    x: np.ndarray[Any, Any]
    classes: np.ndarray[Any, Any]
    validated: Validated
    later: Later | None = None
    """Which of the rows were told later, where any were."""


@dataclass(frozen=True)
class Origin:
    """What a version was made from, and how: the same origin makes the same version."""

    table: str
    source: str
    """The names of the tables it was trained on."""
    source_sha256: str
    recipe: Recipe
    seed: int
    code_version: str
    deliveries: tuple[str, ...] = ()
    """The sha256 of the truth files it was trained on besides, in their order."""


@dataclass(frozen=True)
class Learned:
    """Of truth that was told: rows trained on, those of them drawn at random, and rows told to be two things."""

    rows: int = 0
    sampled: int = 0
    contradicting: int = 0


NOTHING: Final = Learned()


@dataclass(frozen=True)
class Calibration:
    """How often held-out answers of a mean confidence are right, bin by bin, over all repeats."""

    confidence: Sequence[float]
    accuracy: Sequence[float]
    count: Sequence[int]


@dataclass(frozen=True)
class CrossValidation:
    """Figures of out-of-fold predictions: means over the repeats; confusion, precision and recall of the first."""

    folds: int
    repeats: int
    accuracy: float
    accuracy_sd: float
    log_loss: float
    calibration_error: float
    confusion: Sequence[Sequence[int]]
    precision: Sequence[float | None]
    recall: Sequence[float | None]
    calibration: Calibration | None = None
    """None in versions made before it was kept."""


@dataclass(frozen=True)
class Learning:
    """How training went: epochs, the loss before and the accuracy on the training rows after each, both unaveraged."""

    epochs: Sequence[int]
    loss: Sequence[float]
    training_accuracy: Sequence[float]


@dataclass(frozen=True)
class Evidence:
    """All that is kept with a version besides its parameters; accuracies are shares, losses nats."""

    origin: Origin
    rows: int
    rows_left_out: int
    training_accuracy: float
    cross_validation: CrossValidation
    history: Learning
    golden: Golden
    truth: Learned = NOTHING

    @classmethod
    def of(
        cls, classifier: Classifier, candidate: Candidate, origin: Origin, rows_left_out: int, truth: Learned = NOTHING
    ) -> Self:
        """The evidence for a classifier made of a candidate's rows."""
        validated = candidate.validated
        training = judge(classifier.predict_proba(candidate.x), candidate.classes)
        history = Learning(
            validated.history.epochs.tolist(),
            validated.history.loss.tolist(),
            validated.history.training_accuracy.tolist(),
        )
        return cls(
            origin=origin,
            rows=len(candidate.x),
            rows_left_out=rows_left_out,
            training_accuracy=_meaningful(training.accuracy or 0.0),
            cross_validation=_meaningful(_cross_validation(validated, candidate.classes)),
            history=_meaningful(history),
            golden=golden_rows(classifier, candidate.x),
            truth=truth,
        )

    def to_notes(self) -> dict[str, Any]:
        """As the notes of a version, plain values for JSON."""
        notes: dict[str, Any] = asdict(self)
        if self.cross_validation.calibration is None:
            del notes["cross_validation"]["calibration"]
        origin: dict[str, Any] = notes.pop("origin")
        if not self.origin.deliveries:  # notes of versions that learned from no truth are as they always were
            del origin["deliveries"], notes["truth"]
        return origin | notes

    @classmethod
    def from_notes(cls, notes: dict[str, Any]) -> Self:
        """From the notes of a version; ModelError where they are not of that form."""
        try:
            cv = dict(notes["cross_validation"])
            cv["calibration"] = Calibration(**cv["calibration"]) if "calibration" in cv else None
            return cls(
                origin=origin_of(notes),
                rows=notes["rows"],
                rows_left_out=notes["rows_left_out"],
                training_accuracy=notes["training_accuracy"],
                cross_validation=CrossValidation(**cv),
                history=Learning(**notes["history"]),
                golden=Golden(**notes["golden"]),
                truth=Learned(**notes.get("truth", {})),
            )
        except (KeyError, TypeError) as error:
            raise damaged(f"model.json: its notes are not those of a training; {error!r}") from error


def origin_of(notes: dict[str, Any]) -> Origin:
    """What a version's notes say it was made from; KeyError or TypeError where they do not say it."""
    recipe = notes["recipe"]
    names = ("table", "source", "source_sha256", "seed", "code_version")
    return Origin(
        recipe=Recipe(**(recipe | {"hidden": tuple(recipe["hidden"])})),
        deliveries=tuple(notes.get("deliveries", ())),
        **{each: notes[each] for each in names},
    )


def _meaningful(part: Part) -> Part:
    """A part of the evidence, its figures to the digits that do not depend on the processor that computed them."""
    if isinstance(part, float):
        return type(part)(f"{part:.{DIGITS}g}")
    if isinstance(part, list):
        return type(part)(map(_meaningful, part))
    if is_dataclass(part) and not isinstance(part, type):
        changed: dict[str, Any] = {each.name: _meaningful(getattr(part, each.name)) for each in fields(part)}
        return replace(part, **changed)
    return part


def _cross_validation(validated: Validated, classes: np.ndarray[Any, Any]) -> CrossValidation:
    judged = [judge(held_out, classes) for held_out in validated.held_out]
    accuracies = np.array([each.accuracy for each in judged], dtype=float)
    precision, recall = precision_and_recall(judged[0].confusion)
    return CrossValidation(
        folds=validated.folds_a_repeat,
        repeats=len(judged),
        accuracy=float(np.mean(accuracies)),
        accuracy_sd=float(np.std(accuracies)),
        log_loss=float(np.mean(np.array([each.log_loss for each in judged], dtype=float))),
        calibration_error=float(np.mean([calibration_error(each, classes) for each in validated.held_out])),
        confusion=judged[0].confusion.tolist(),
        precision=precision,
        recall=recall,
        calibration=_calibration(validated, classes),
    )


def _calibration(validated: Validated, classes: np.ndarray[Any, Any]) -> Calibration:
    answers = np.concatenate(list(validated.held_out))
    confidence, accuracy, counts = calibration_curve(answers, np.tile(classes, len(validated.held_out)))
    return Calibration(confidence.tolist(), accuracy.tolist(), counts.tolist())
