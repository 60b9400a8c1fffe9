"""A batch, a training: what came of each, as `--json` shows it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal, Self, TypeAlias, get_args

from data.errors import SourceError
from data.files import batch_name
from flows.jobs.refusals import reason
from flows.state.printable import printable

if TYPE_CHECKING:
    from collections.abc import Sequence

Status: TypeAlias = Literal["labelled", "refused", "unchanged"]
STATUSES: Final[tuple[Status, ...]] = get_args(Status)
LONGEST_NAME: Final = 5_000  # characters: paths have 4,096
MAX_LEFT_OUT: Final = 0.2  # the share of rows left out above which a delivery of truth is refused whole
MAX_REJECTS: Final = 0.2  # the share of rejected rows above which a file is refused whole


@dataclass(frozen=True)
class Batch:
    """One input and what was made from it; figures are None, never 0, where there was nothing to judge."""

    batch: str
    source: str
    status: Status
    rows: int = 0
    labelled: int = 0
    rejected: int = 0
    review: int | None = None
    truth: dict[str, int] | None = None
    accuracy: float | None = None
    accuracy_unseen: float | None = None
    suspect: str | None = None
    warnings: Sequence[str] = ()
    model_version: int | None = None
    labels: str | None = None
    rejects: str | None = None
    report: str | None = None
    error: str | None = None

    @classmethod
    def refused(cls, source: str, error: BaseException) -> Self:
        """A source that is refused for this reason; what cannot be printed of its name is escaped."""
        batch, name = (printable(each, LONGEST_NAME) for each in (batch_name(source), source))
        return cls(batch, name, "refused", error=reason(error))


def clash(source: str, first: str) -> SourceError:
    """The refusal of a file whose batch another one makes already."""
    batch = batch_name(source)
    return SourceError(f"{source}: a second source for batch {batch!r}; found {first} first; rename one")


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
