"""Held: what one process has at a time, by a lock on a disk or a lease on object storage."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from data.errors import HeldError
from data.leases import is_leased, lease
from data.locks import exclusive

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from data.places import Place


def held(place: Place) -> AbstractContextManager[None]:
    """Have this place for oneself until the end of the block; HeldError where another process has it."""
    return exclusive(place) if isinstance(place, Path) else lease(place)


def is_held(place: Place) -> bool:
    """Whether a process shows that it has this place, or did and has ended without a word not long ago."""
    return place.exists() if isinstance(place, Path) else is_leased(place)


def given_up(place: Place) -> bool:
    """Whether the process that had this place has ended without a word; then the place is free."""
    if not isinstance(place, Path):
        return not is_leased(place)
    try:
        with exclusive(place):
            return True
    except HeldError:
        return False
