"""Progress: whom a long run tells how many rows it has done; nobody, unless the command line asks."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

_listeners: list[Callable[[int], None]] = []


def listen(listener: Callable[[int], None]) -> None:
    """Have every chunk of rows done in this process told to the listener."""
    _listeners.append(listener)


def advance(rows: int) -> None:
    """So many rows more are done."""
    for listener in _listeners:
        listener(rows)
