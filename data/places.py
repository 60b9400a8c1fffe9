"""Places: where something is, on a disk or on object storage, and what may be asked of both in the same words."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path, PurePath
from typing import TYPE_CHECKING, Final, TypeAlias

from data.addresses import check_query, is_object
from data.object_path import ObjectPath, State

if TYPE_CHECKING:
    from collections.abc import Iterator

Place: TypeAlias = Path | ObjectPath

PIECE: Final = 1 << 22


def place_of(name: str) -> Place:
    """The place of a name: an address of object storage, or a path; AddressError for an address that is none."""
    return ObjectPath.at(name) if is_object(name) else Path(name)


def named_place(name: str) -> Place:
    """The place of a name that a person has given; AddressError for an address that is none, or has a query."""
    check_query(name)
    return place_of(name)


def below(folder: Place, name: str) -> Place:
    """A place in a folder, of a name that may itself be a whole path or address."""
    return named_place(name) if is_object(name) or name.startswith("/") else folder / name


def states(folder: Place) -> Iterator[tuple[str, os.stat_result | State]]:
    """The names of the files in a folder and what is known of each: there may be very many. None without a folder."""
    if isinstance(folder, ObjectPath):
        yield from ((path.name, state) for path, state in folder.entries() if state)
        return
    with suppress(FileNotFoundError), os.scandir(folder) as entries:
        for entry in entries:
            with suppress(OSError):  # it may go meanwhile
                yield entry.name, entry.stat()


def relative(place: Place, folder: Place) -> PurePath:
    """The way from a folder to a place below it; ValueError where it is not below."""
    return PurePath(str(place)).relative_to(str(folder))


def same_bytes(one: Place, other: Place) -> bool:
    """Whether two files hold the same bytes."""
    with one.open("rb") as first, other.open("rb") as second:
        while (piece := first.read(PIECE)) == second.read(PIECE):
            if not piece:
                return True
    return False
