"""The guard: labels that contradict what is known, or that say nothing, and too many inputs are not learned from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from flows.jobs.refusals import TrainingError
from flows.jobs.suspicion import damage_in_words, suspicion
from models.arrays import MOST_INPUTS
from nn.agreement import other_reading
from nn.intervals import wilson
from nn.metrics import judge
from nn.network import SMALLEST_PROBABILITY
from nn.sample import Sample

if TYPE_CHECKING:
    from flows.jobs.training_rows import TrainingRows
    from models.store import Version
    from nn.arrays import Array, Rows
    from nn.encoding import Encoding
    from nn.validation import Validated

ERRORS: Final = 3.1  # standard errors, which chance exceeds once in 1,000 times
SURE: Final = 0.998  # that accuracy lies within its interval, and so in 999 cases of 1,000 not below it


def contradiction(rows: TrainingRows, champion: Version) -> str | None:
    """How labelled rows contradict the champion's answers, None where no other reading of the labels explains it."""
    classes = champion.classifier.classes
    counts = judge(champion.classifier.predict_proba(rows.x), rows.classes).confusion
    called = other_reading(counts)
    if called is None:
        return None
    pairs = [(name, classes[each]) for name, each in zip(classes, called, strict=True) if each >= 0]
    said, labelled = (
        ", ".join(each) for each in zip(*((one, other) for one, other in pairs if one != other), strict=True)
    )
    share = np.trace(counts) / counts.sum()
    return f"version {champion.number} agrees with {share:.0%} of them; what it calls {said} they call {labelled}"


def damage(rows: TrainingRows, champion: Version) -> str | None:
    """What rows look like whose columns, by all that the champion knows, do not go together; None if they may."""
    sample = Sample.of(np.arange(len(rows.x)), rows.x)
    found = suspicion(sample, champion, range(rows.x.shape[1]))
    return damage_in_words(found, champion.classifier.features) if found and found.overwhelming else None


def check_inputs(encoding: Encoding) -> None:
    """TrainingError where a table's features become more inputs than a version can keep."""
    features = len(encoding.columns)
    inputs = encoding.width(features)
    if inputs > MOST_INPUTS:
        found = f"found {inputs:,} of {features:,} features, each level being one"
        message = f"more than {MOST_INPUTS:,} inputs for a network; {found}; declare fewer levels or features"
        raise TrainingError(message)


def check_learnable(source: str, validated: Validated, classes: Rows) -> None:
    """TrainingError where answers out of fold say nothing, beyond chance, that the shares of the classes do not.

    They do where more rows are right than if all were of the largest class, or where they give the true classes more
    probability: of a class in a hundred rows no answer may be the likeliest, and all the same say much.
    """
    right = int((validated.held_out[0].argmax(axis=1) == classes).sum())
    shares = np.bincount(classes) / len(classes)
    largest = shares.max()
    if wilson(right, len(classes), SURE)[0] <= largest and not _tells(validated.held_out[0], shares, classes):
        message = (
            f"{source}: labels that cannot be learned from these measurements; found {right / len(classes):.0%} right "
            f"out of fold, and {largest:.0%} of the rows in one class; check the label column"
        )
        raise TrainingError(message)


def _tells(probabilities: Array, shares: Array, classes: Rows) -> bool:
    """Whether probabilities (n, k) of these classes (n,) are likelier than the shares (k,) of the classes, surely."""
    given = np.maximum(probabilities[np.arange(len(classes)), classes], SMALLEST_PROBABILITY)
    gained = np.log(given) - np.log(shares[classes])
    return bool(gained.mean() > ERRORS * gained.std() / np.sqrt(len(gained)))
