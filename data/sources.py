"""A source: one file or object as it is named, where it is read, and what it was when it was opened."""

from __future__ import annotations

import hashlib
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypeAlias

from data.errors import MovingError, SourceError
from data.files import batch_name, check_whole, expand, is_object

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

Stamp: TypeAlias = tuple[int, int]

PIECE: Final = 1 << 22


@dataclass(frozen=True)
class Source:
    """An input that has been opened: hashed once, and the same thing for files and objects alike."""

    name: str
    """As it is named: a path, or an address of object storage."""
    path: Path
    """Where it is read."""
    sha256: str
    stamp: Stamp = field(repr=False)

    @classmethod
    def at(cls, name: str, path: Path | None = None, each: Callable[[], object] = lambda: None) -> Source:
        """The source of this name, read at this path; ``each`` is called for every piece that is hashed.

        SourceError where it cannot be read.
        """
        place = Path(name) if path is None else path
        try:
            return cls(name, place, sha256_of(place, each), _stamp(place))
        except OSError as error:
            message = f"{name}: cannot be read; {error.strerror}; check the path and its permissions"
            raise SourceError(message) from error

    @classmethod
    def named(cls, path: Path, what: str) -> Source:
        """What is not read, to be remembered by its name and what was found of it."""
        return cls(str(path), path, hashlib.sha256(what.encode(errors="surrogateescape")).hexdigest(), (0, 0))

    def __str__(self) -> str:
        """As it is named."""
        return self.name

    @property
    def batch(self) -> str:
        """The name of the batch it makes."""
        return batch_name(self.name)

    @property
    def file(self) -> str:
        """Its own name, without folders: what results record of it."""
        return Path(self.name).name

    @property
    def fresh(self) -> bool:
        """Whether it is still what it was when it was opened, by its size and time."""
        try:
            return _stamp(self.path) == self.stamp
        except OSError:
            return False

    def unchanged(self) -> None:
        """MovingError where it is no longer what it was when it was opened."""
        if not self.fresh:
            message = f"{self.name}: changed while it was read; found another size or time at the end; run again"
            raise MovingError(message)


def find(names: Iterable[str]) -> list[str]:
    """The files and objects that these names stand for, each once.

    SourceError for a name that stands for none, and where some of them are parts of one table.
    """
    found: list[str] = []
    for name in names:
        if is_object(name):
            from data.s3 import find_objects  # which takes a while to import

            found += find_objects(name)
        else:
            found += map(str, expand(name))
    found = list(dict.fromkeys(found))
    check_whole(found)
    return found


@contextmanager
def opened(name: str | Source, staging: Path, each: Callable[[], object] = lambda: None) -> Iterator[Source]:
    """A source, hashed, for as long as it is needed; one that has been opened already is hashed again if it changed.

    ``each`` is called for every piece that is hashed. SourceError where it cannot be read.
    """
    if isinstance(name, Source):
        yield name if name.fresh else Source.at(name.name, name.path, each)
        return
    with local(name, staging) as path:
        yield Source.at(name, path, each)


@contextmanager
def local(name: str, staging: Path) -> Iterator[Path]:
    """Where a file, or a copy of an object in this folder of stages, is read for as long as it is needed.

    What is refused of a copy is refused under the object's name.
    """
    if not is_object(name):
        expand(name)  # which says why a name stands for no file
        yield Path(name)
        return
    from data.s3 import fetched

    with fetched(name, staging) as path:
        try:
            yield path
        except SourceError as error:
            raise type(error)(str(error).replace(str(path), name)) from error


def sha256_of(path: Path, each: Callable[[], object] = lambda: None) -> str:
    """The sha256 of a file's bytes; ``each`` is called for every piece of them, and may end it by an exception."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while piece := file.read(PIECE):
            digest.update(piece)
            each()
    return digest.hexdigest()


def _stamp(path: Path) -> Stamp:
    """Size and time of a file: another stamp means other bytes."""
    state = path.stat()
    return state.st_size, state.st_mtime_ns
