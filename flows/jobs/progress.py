"""Progress: who hears how many rows a long run has done."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from flows.jobs.stopping import check

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_listeners: Final[list[Callable[[int], object]]] = []


@contextmanager
def listening(listener: Callable[[int], object]) -> Iterator[None]:
    """Call the listener with the rows of every chunk that is done in this process meanwhile."""
    _listeners.append(listener)
    try:
        yield
    finally:
        _listeners.remove(listener)


def advance(rows: int) -> None:
    """So many rows more are done; KeyboardInterrupt where the run should stop."""
    check()
    for listener in _listeners:
        listener(rows)
