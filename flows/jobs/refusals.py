"""Refusals: errors that a user can repair, against those that may pass by themselves."""

from __future__ import annotations

import errno
import os
from typing import Final

from data.errors import PublishError, SourceError
from flows.jobs.limits import BY_NUMBER, MEMORY, exhausted
from flows.state.printable import printable
from models.errors import ModelError
from schemas.errors import TableError


class RefusedError(ValueError):
    """A refusal as a flow reported it."""


class TrainingError(ValueError):
    """A table from which no version can be trained."""


class ScheduleError(ValueError):
    """A cron line or a time zone that there is not."""


class ServerError(ConnectionError):
    """The Prefect server that is named cannot be used."""


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
    MemoryError,
)
MOST_SHOWN: Final = 300  # characters of an error of another's making
PASSING: Final = {errno.EAGAIN, errno.EBUSY, errno.EINTR, errno.EIO, errno.ENETRESET, errno.ESTALE, errno.ETIMEDOUT}


def reason(error: BaseException) -> str:
    """A refusal in one line: what is wrong; what was found; what to do."""
    if isinstance(error, MemoryError):
        what, remedy = MEMORY
        return printable(f"{what}; found {_folded(error) or 'none left'}; {remedy}")
    if isinstance(error, OSError) and error.strerror and not isinstance(error, (PublishError, ServerError)):
        what, remedy = BY_NUMBER.get(error.errno or 0, ("cannot be used", "check its path and permissions"))
        return printable(f"{_name(error)}: {what}; {error.strerror}; {remedy}")
    if not isinstance(error, REFUSALS) and (met := exhausted(error)):
        what, remedy = met
        return printable(f"{what}; found {type(error).__name__}: {_folded(error)}; {remedy}")
    return printable(_folded(error))


def is_refusal(error: BaseException) -> bool:
    """Whether a user can repair it: it is one of ours, or came of something that is exhausted."""
    return isinstance(error, REFUSALS) or exhausted(error) is not None


def _folded(error: BaseException) -> str:
    return " ".join(str(error).split())  # messages of libraries have several lines


def _name(error: OSError) -> str:
    return os.fsdecode(error.filename) if isinstance(error.filename, (str, bytes)) else "a file"


def unexpected(name: str, error: Exception) -> SourceError:
    """The refusal of a source for an error that nobody foresaw, the file's doing or a fault of this program."""
    import pyarrow as pa  # which takes a while, and every command imports this module

    found = f"{type(error).__name__}: {error}"[:MOST_SHOWN]
    if exhausted(error) == MEMORY:
        return SourceError(f"{name}: cannot be read; found that it takes more memory than there is; split the file")
    if isinstance(error, (pa.ArrowException, UnicodeError, EOFError)):
        return SourceError(f"{name}: cannot be read; found {found}; export it again, in another format")
    return SourceError(f"{name}: cannot be read; found {found}; this is a bug, please report it with the file")


def may_pass(error: BaseException | None) -> bool:
    """Whether the same request may go through a moment later: disks and networks may, a bad input never does."""
    while error is not None:
        if isinstance(error, OSError) and error.errno in PASSING:
            return True
        error = error.__cause__
    return False
