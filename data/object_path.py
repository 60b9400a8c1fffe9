"""An object path: a place on object storage, with those ways of a `pathlib.Path` by which a home is read and written.

What becomes visible there becomes visible whole. A folder is there as long as anything is in it.
"""

from __future__ import annotations

import io
import stat
from dataclasses import dataclass
from fnmatch import fnmatchcase
from hashlib import sha256
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any, Final, Literal, NamedTuple, Self

from data.addresses import is_object, split_address
from data.object_file import BLOCK, ObjectFile
from data.object_store import ConditionError, asking, store_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from obstore import ObjectMeta

NANOSECONDS: Final = 10**9


class State(NamedTuple):
    """What the store says of an object, under the names that `os.stat` has for a file."""

    st_mode: int
    st_size: int
    st_mtime_ns: int
    st_ctime_ns: int
    st_ino: int
    """Another number for other bytes."""

    @property
    def st_mtime(self) -> float:
        """When it was written, in seconds."""
        return self.st_mtime_ns / NANOSECONDS

    @property
    def st_ctime(self) -> float:
        """The same: an object is never touched."""
        return self.st_mtime


@dataclass(frozen=True, order=True)
class ObjectPath:
    """A place on object storage: a bucket, and the key within it."""

    root: str
    """The storage and the bucket: `s3://wines`."""
    key: str

    @classmethod
    def at(cls, address: str) -> Self:
        """The place of an address; AddressError where it is none."""
        return cls(*split_address(address))

    def __str__(self) -> str:
        """Its address."""
        return f"{self.root}/{self.key}" if self.key else self.root

    def __truediv__(self, other: str) -> ObjectPath:
        """A place below; another address is that other place."""
        return ObjectPath.at(other if is_object(other) else f"{self}/{other}")

    @property
    def name(self) -> str:
        """Its last part."""
        return self._pure.name

    @property
    def stem(self) -> str:
        """Its last part without the ending."""
        return self._pure.stem

    @property
    def suffix(self) -> str:
        """The ending of its last part."""
        return self._pure.suffix

    @property
    def parent(self) -> ObjectPath:
        """The place it is in."""
        return ObjectPath(self.root, self.key.rpartition("/")[0])

    def with_name(self, name: str) -> ObjectPath:
        """The place of this name beside it."""
        return self.parent / name

    def open(self, mode: Literal["rb"] = "rb", buffering: int = -1) -> ObjectFile | io.BufferedReader:
        """Its bytes, to be read anywhere; FileNotFoundError where there is no object."""
        assert mode == "rb"
        raw = ObjectFile(self.root, self.key)
        return raw if buffering == 0 else io.BufferedReader(raw, BLOCK)

    def read_bytes(self) -> bytes:
        """All its bytes; FileNotFoundError where there is no object."""
        return self.get()[0]

    def read_text(self, encoding: str = "utf-8") -> str:
        """All its bytes as text."""
        return self.read_bytes().decode(encoding)

    def get(self) -> tuple[bytes, str]:
        """All its bytes, and the tag by which `swap` knows them; FileNotFoundError where there is no object."""
        import obstore

        with asking(str(self)):
            found = obstore.get(store_of(self.root), self.key)
            return found.bytes().to_bytes(), found.meta["e_tag"] or ""

    def create(self, content: bytes) -> bool:
        """Write it where nothing is; False where something is.

        An answer may be lost and the write tried again, which then meets itself: that it holds these very bytes is
        taken for having written them. So bytes that two may write alike need something of one's own in them.
        """
        return self._put(content, "create")

    def swap(self, content: bytes, tag: str) -> bool:
        """Write over the bytes that `get` gave with this tag; False where there are others by now. As for `create`."""
        return self._put(content, {"e_tag": tag})

    def _put(self, content: bytes, mode: Any) -> bool:
        import obstore

        try:
            with asking(str(self)):
                obstore.put(store_of(self.root), self.key, content, mode=mode)
        except (ConditionError, FileNotFoundError):  # some stores say of what is gone that it is not there
            return self._holds(content)
        return True

    def _holds(self, content: bytes) -> bool:
        try:
            return self.read_bytes() == content
        except FileNotFoundError:
            return False

    def stat(self) -> State:
        """What the store says of the object; FileNotFoundError where there is none."""
        import obstore

        if not self.key:
            raise IsADirectoryError(str(self))
        with asking(str(self)):
            return _state(obstore.head(store_of(self.root), self.key))

    def exists(self) -> bool:
        """Whether an object is there, or anything below."""
        return self.is_file() or self.is_dir()

    def is_file(self) -> bool:
        """Whether an object is there."""
        try:
            return bool(self.key) and bool(self.stat())
        except FileNotFoundError:
            return False

    def is_dir(self) -> bool:
        """Whether anything is below."""
        return any(True for _ in self._below(1))

    def resolve(self) -> ObjectPath:
        """The place itself: there are no links."""
        return self

    def is_symlink(self) -> bool:
        """It never is."""
        return False

    def walk(self) -> Iterator[tuple[ObjectPath, State]]:
        """All objects below, in order of their keys."""
        for meta in self._below(1000):
            yield ObjectPath(self.root, meta["path"]), _state(meta)

    def entries(self) -> list[tuple[ObjectPath, State | None]]:
        """The objects directly below and the folders there, which have no state, in order of their names."""
        import obstore

        with asking(str(self)):
            found = obstore.list_with_delimiter(store_of(self.root), self.key or None)
        objects = [(ObjectPath(self.root, meta["path"]), _state(meta)) for meta in self._others(found["objects"])]
        folders = [(ObjectPath(self.root, key.strip("/")), None) for key in found["common_prefixes"]]
        return sorted([*objects, *folders], key=lambda entry: entry[0])

    def iterdir(self) -> Iterator[ObjectPath]:
        """What is directly below."""
        return (path for path, _ in self.entries())

    def glob(self, pattern: str) -> Iterator[ObjectPath]:
        """What is directly below and has a name like this."""
        return (path for path in self.iterdir() if fnmatchcase(path.name, pattern))

    def mkdir(self, *, parents: bool = False, exist_ok: bool = False) -> None:
        """Nothing: a folder is there as soon as anything is in it."""

    def unlink(self, *, missing_ok: bool = False) -> None:  # noqa: ARG002  no store says whether it was there
        """Remove the object."""
        import obstore

        with asking(str(self)):
            obstore.delete(store_of(self.root), self.key)

    @property
    def _pure(self) -> PurePosixPath:
        return PurePosixPath(f"/{self.key}")

    def _below(self, at_once: int) -> Iterator[ObjectMeta]:
        import obstore

        with asking(str(self)):
            for some in obstore.list(store_of(self.root), f"{self.key}/" if self.key else None, chunk_size=at_once):
                yield from self._others(some)

    def _others(self, found: Iterable[ObjectMeta]) -> Iterator[ObjectMeta]:
        """What is not this place itself: some stores list folders as objects, and keep those that are empty."""
        return (meta for meta in found if meta["path"] != self.key)


def _state(meta: ObjectMeta) -> State:
    written = int(meta["last_modified"].timestamp() * NANOSECONDS)
    number = int(sha256((meta["e_tag"] or meta["version"] or "").encode()).hexdigest()[:12], 16)
    return State(stat.S_IFREG, meta["size"], written, written, number)
