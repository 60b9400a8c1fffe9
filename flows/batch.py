"""A batch: what came of one input, as `--json` tells it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

MAX_REJECTS: Final = 0.2  # the share of rejected rows above which a file is refused whole


@dataclass(frozen=True)
class Batch:
    """One input and what was made from it; figures are None, never 0, where there was nothing to judge."""

    batch: str
    source: str
    status: Literal["labelled", "unchanged", "refused"]
    rows: int = 0
    labelled: int = 0
    rejected: int = 0
    review: int | None = None
    truth: dict[str, int] | None = None
    accuracy: float | None = None
    accuracy_unseen: float | None = None
    model_version: int | None = None
    labels: str | None = None
    rejects: str | None = None
    report: str | None = None
    error: str | None = None


def clash(batch: str, source: str, first: str) -> Batch:
    """The refusal of a file whose batch another makes already."""
    error = f"{source}: a second source for batch {batch!r}; found {first} first; rename one"
    return Batch(batch, source, "refused", error=error)


@dataclass(frozen=True)
class Trained:
    """What came of a training: accuracy on the training rows and cross-validated, each under its own name."""

    version: int
    promoted: bool
    reason: str
    rows: int
    training_accuracy: float
    cv_accuracy: float
    sha256: str
