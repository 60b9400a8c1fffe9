"""Progress: whom a long run tells how many rows it has done, and where it learns that it should stop."""

from __future__ import annotations

import os
from threading import Event, Timer
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable

GRACE: Final = 15.0  # seconds

_listeners: Final[list[Callable[[int], None]]] = []
_stopped: Final = Event()


def listen(listener: Callable[[int], None]) -> None:
    """Have every chunk of rows done in this process told to the listener."""
    _listeners.append(listener)


def unlisten(listener: Callable[[int], None]) -> None:
    """Tell this listener no more."""
    _listeners.remove(listener)


def stop(status: int = 143) -> None:
    """Have the run end at its next chunk: Prefect works in a thread, which no signal reaches.

    What has not ended a while later, waiting for a server that has gone, say, ends there with this status.
    """
    if not _stopped.is_set():
        _stopped.set()
        last = Timer(GRACE, os._exit, (status,))
        last.daemon = True
        last.start()


def check() -> None:
    """KeyboardInterrupt where the run should stop."""
    if _stopped.is_set():
        raise KeyboardInterrupt


def advance(rows: int) -> None:
    """So many rows more are done."""
    check()
    for listener in _listeners:
        listener(rows)
