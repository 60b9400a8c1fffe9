"""Refusals: what a user can mend, against what may pass by itself."""

from __future__ import annotations

import errno
from typing import TYPE_CHECKING, Any, Final

from data.layouts import SourceError
from data.publishing import PublishError
from flows.schedule import ScheduleError
from flows.server import ServerError
from flows.steps import TrainingError
from models.codec import ModelError
from schemas._table import TableError

if TYPE_CHECKING:
    from prefect.client.schemas.objects import State


class RefusedError(ValueError):
    """A refusal as a flow told it."""


class ClusterError(ConnectionError):
    """The Dask cluster that is named cannot be used."""


REFUSALS: Final = (
    SourceError,
    PublishError,
    TrainingError,
    ModelError,
    TableError,
    RefusedError,
    ScheduleError,
    ServerError,
    ClusterError,
    OSError,
)
PASSING: Final = {errno.EAGAIN, errno.EBUSY, errno.EINTR, errno.EIO, errno.ENETRESET, errno.ESTALE, errno.ETIMEDOUT}


def reason(error: BaseException) -> str:
    """A refusal in one line: what is wrong; what was found; what to do."""
    if isinstance(error, OSError) and error.strerror and not isinstance(error, (PublishError, ServerError)):
        return f"{error.filename or 'a file'}: cannot be used; {error.strerror}; check its path, permissions and space"
    return " ".join(str(error).split())


def may_pass(error: BaseException | None) -> bool:
    """Whether the same request may go through a moment later: disks and networks may, a bad input never does."""
    while error is not None:
        if isinstance(error, OSError) and error.errno in PASSING:
            return True
        error = error.__cause__
    return False


def worth_a_retry(_task: object, _run: object, state: State[Any]) -> bool:
    """Prefect's question after a task has failed: whether to run it again."""
    return may_pass(state.data if isinstance(state.data, BaseException) else None)
