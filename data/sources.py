"""A source: one file or object as it is named, where it is read, and the sha256 that what is read is held against."""

from __future__ import annotations

import hashlib
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Literal, TypeAlias

from data.addresses import is_object
from data.errors import MovingError, ObjectError, SourceError
from data.files import batch_name, check_whole, expand
from data.object_path import ObjectPath
from data.places import Place, place_of
from data.verified_file import Digest, VerifiedFile, digest_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

Stamp: TypeAlias = tuple[int, int]


@dataclass(frozen=True)
class Source:
    """An input that has been opened: hashed once, and the same thing for files and objects alike."""

    name: str
    """As it is named: a path, or an address of object storage."""
    path: Place
    """Where it is read."""
    digest: Digest = field(repr=False)
    stamp: Stamp = field(repr=False)

    @classmethod
    def at(cls, name: str, path: Place | None = None, each: Callable[[], object] = lambda: None) -> Source:
        """The source of this name, read at this path; ``each`` is called for every piece that is hashed.

        SourceError where it cannot be read.
        """
        place = place_of(name) if path is None else path
        try:
            stamp = _stamp(place)
            return cls(name, place, digest_of(place, each), stamp)
        except OSError as error:
            message = f"{name}: cannot be read; {error.strerror or error}; check the path and its permissions"
            raise SourceError(str(error) if isinstance(error, ObjectError) else message) from error

    @classmethod
    def named(cls, path: Place, what: str) -> Source:
        """What is not read, to be remembered by its name and what was found of it."""
        sha256 = hashlib.sha256(what.encode(errors="surrogateescape")).hexdigest()
        return cls(str(path), path, Digest(sha256, 0, ()), (0, 0))

    def __str__(self) -> str:
        """As it is named."""
        return self.name

    @property
    def sha256(self) -> str:
        """The sha256 of its bytes."""
        return self.digest.sha256

    def open(self, mode: Literal["rb"] = "rb") -> VerifiedFile:
        """Its bytes; MovingError, as they are read, where they are not those of the sha256 any more."""
        assert mode == "rb"
        return VerifiedFile(self.path, self.name, self.digest)

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
            from data.objects import find_objects  # which takes a while to import

            found += find_objects(name)
        else:
            found += map(str, expand(name))
    found = list(dict.fromkeys(found))
    check_whole(found)
    return found


Readable: TypeAlias = Path | ObjectPath | Source
"""What can be opened to be read, again and again: a source, or a file that is not held against a sha256."""


def unverified(source: Readable) -> Place:
    """Where the bytes are, for what may look at them without holding them against the sha256."""
    return source.path if isinstance(source, Source) else source


@contextmanager
def opened(name: str | Source, staging: Path, each: Callable[[], object] = lambda: None) -> Iterator[Source]:
    """A source, hashed, for as long as it is needed; one that has been opened already is hashed again if it changed.

    An object is fetched first, as it is read more than once. ``each`` is called for every piece that is hashed.
    SourceError where it cannot be read.
    """
    place = name.path if isinstance(name, Source) else None
    if isinstance(place, ObjectPath) or (isinstance(name, str) and is_object(name)):
        from data.objects import fetched

        with fetched(place if isinstance(place, ObjectPath) else ObjectPath.at(str(name)), staging, each) as path:
            yield Source.at(str(name), path, each)
    elif isinstance(name, Source):
        yield name if name.fresh else Source.at(name.name, name.path, each)
    else:
        expand(name)  # which says why a name stands for no file
        yield Source.at(name, each=each)


def _stamp(path: Place) -> Stamp:
    """Size and time of a file: another stamp means other bytes."""
    state = path.stat()
    return state.st_size, state.st_mtime_ns
