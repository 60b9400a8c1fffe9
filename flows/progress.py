"""Progress: whom a long run tells how many rows it has done, and where it learns that it should stop."""

from __future__ import annotations

from threading import Event
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable

_listeners: Final[list[Callable[[int], None]]] = []
_stopped: Final = Event()


def listen(listener: Callable[[int], None]) -> None:
    """Have every chunk of rows done in this process told to the listener."""
    _listeners.append(listener)


def unlisten(listener: Callable[[int], None]) -> None:
    """Tell this listener no more."""
    _listeners.remove(listener)


def stop() -> None:
    """Have the run end at its next chunk: Prefect works in a thread, which no signal reaches."""
    _stopped.set()


def check() -> None:
    """KeyboardInterrupt where the run should stop."""
    if _stopped.is_set():
        raise KeyboardInterrupt


def advance(rows: int) -> None:
    """So many rows more are done."""
    check()
    for listener in _listeners:
        listener(rows)
