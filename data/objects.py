"""Objects: tables on object storage, found by their addresses and fetched to be read like any file."""

from __future__ import annotations

from contextlib import contextmanager
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Final

from data.addresses import check_query
from data.errors import ObjectError, SourceError
from data.files import is_table
from data.object_path import ObjectPath
from data.object_store import asking, store_of
from data.staging import Stage

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

PIECE: Final = 1 << 22
MAGIC: Final = "*?["


def find_objects(address: str) -> list[str]:
    """The objects an address stands for: one by its key, the tables directly in a folder, or those of a glob.

    SourceError where there are none, or where the storage cannot be reached.
    """
    place = ObjectPath.at(address)
    try:
        if not address.endswith("/") and place.is_file():
            found = [place]  # whatever is in its name
        else:
            check_query(address)
            found = [*(_matching(place) if any(each in place.key for each in MAGIC) else _tables_in(place))]
    except ObjectError as error:
        raise SourceError(str(error)) from error
    if not found:
        message = f"{address}: no such object; found none there; check the bucket, the key and your rights"
        raise SourceError(message)
    return [str(path) for path in found]


def _matching(pattern: ObjectPath) -> Iterator[ObjectPath]:
    return (path for path in _candidates(pattern) if fnmatchcase(path.key, pattern.key))


def _tables_in(folder: ObjectPath) -> Iterator[ObjectPath]:
    return (path for path, state in folder.entries() if state and is_table(path.name))


def _candidates(pattern: ObjectPath) -> Iterator[ObjectPath]:
    """The objects of the last folder before anything is left open; in those below it only where `**` asks for them."""
    first = min(pattern.key.index(each) for each in MAGIC if each in pattern.key)
    folder = ObjectPath(pattern.root, pattern.key[:first].rpartition("/")[0])
    below = "/" in pattern.key[first:]
    found = folder.walk() if below else ((path, state) for path, state in folder.entries() if state)
    deep = pattern.key.count("/")
    return (path for path, _ in found if "**" in pattern.key or path.key.count("/") == deep)


@contextmanager
def fetched(place: ObjectPath, staging: Path, each: Callable[[], object] = lambda: None) -> Iterator[Path]:
    """A local copy of an object, under its own name, for as long as needed; SourceError where it cannot be read.

    One that is replaced meanwhile is as it was at the beginning. ``each`` is called for every piece.
    """
    import obstore

    with Stage(staging, "object", str(place)) as stage:
        path = stage.room() / place.name
        try:
            with asking(str(place)), path.open("wb") as target:
                found = obstore.get(store_of(place.root), place.key)
                for piece in found.stream(PIECE):
                    target.write(piece)
                    each()
        except (ObjectError, FileNotFoundError) as error:
            message = f"{place}: no such object; found none there; check the bucket, the key and your rights"
            raise SourceError(message if isinstance(error, FileNotFoundError) else str(error)) from error
        yield path
