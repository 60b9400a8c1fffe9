"""Conditions: whether a store keeps those of a write, without which two processes would write over each other."""

from __future__ import annotations

from contextlib import suppress
from functools import lru_cache
from secrets import token_hex
from typing import TYPE_CHECKING, Final

from data.errors import ObjectError

if TYPE_CHECKING:
    from data.object_path import ObjectPath

NO_CONDITIONS: Final = "501 Not Implemented"


@lru_cache(maxsize=16)
def check_conditions(folder: ObjectPath) -> None:
    """ObjectError where it does not; asked once in a process, by an object that is gone afterwards."""
    place = folder / f".conditions-{token_hex(8)}"
    found = ""
    try:
        found = _fault(place)
    except ObjectError as error:
        if NO_CONDITIONS not in str(error):
            raise
        found = f"it takes no conditional write: {NO_CONDITIONS}"
    finally:
        with suppress(OSError):
            place.unlink()
    if found:
        message = f"{folder.root}: not for a home; found that {found}"
        raise ObjectError(f"{message}; use a store with conditional writes (If-None-Match, If-Match)")


def _fault(place: ObjectPath) -> str:
    """Which condition it does not keep; empty where it keeps all."""
    if not place.create(b"1"):
        return "it says of a new object that it is there already"
    if place.create(b"2"):
        return "it wrote over an object that was to be created"
    _, tag = place.get()
    if not place.swap(b"3", tag):
        return "it did not write over an object by its tag"
    return "it wrote over an object by the tag of another" if place.swap(b"4", tag) else ""
