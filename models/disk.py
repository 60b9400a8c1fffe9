"""The disk: bytes that have arrived there, and one writer at a time in a folder."""

from __future__ import annotations

import fcntl
import os
import stat
from contextlib import contextmanager
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from models.errors import ModelError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from models.place import Place, State

KINDS: Final = MappingProxyType(
    {
        stat.S_IFDIR: "a folder",
        stat.S_IFIFO: "a pipe",
        stat.S_IFSOCK: "a socket",
        stat.S_IFCHR: "a device",
        stat.S_IFBLK: "a device",
    }
)


def read(path: Place, most: int) -> bytes:
    """The bytes of a file; ModelError where it is no file or larger than that, before any of it is read.

    OSError where it cannot be opened.
    """
    if not isinstance(path, Path):
        _check(path, path.stat(), most)
        return path.read_bytes()
    _check(path, path.stat(), most)
    handle = os.open(path, os.O_RDONLY | os.O_NONBLOCK)  # a pipe put there meanwhile is not waited for
    with open(handle, "rb") as file:  # noqa: PTH123  what was opened is what is looked at
        _check(path, os.fstat(handle), most)
        content = file.read(most + 1)
    if len(content) > most:
        raise _too_large(path, len(content), most)
    return content


def _check(path: Place, state: State, most: int) -> None:
    if not stat.S_ISREG(state.st_mode):
        kind = KINDS.get(stat.S_IFMT(state.st_mode), "something else")
        message = f"{path.parent.name}/{path.name}: not a file; found {kind}; restore it from a backup"
        raise ModelError(message)
    if state.st_size > most:
        raise _too_large(path, state.st_size, most)


def _too_large(path: Place, size: int, most: int) -> ModelError:
    message = f"{path.parent.name}/{path.name}: not what was saved; found {size:,} bytes, {most:,} at most"
    return ModelError(f"{message}; restore it from a backup")


def write(path: Path, content: bytes) -> None:
    """A new file of these bytes, on the disk when this returns; its name is there for certain after `sync`."""
    with path.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def sync(folder: Path) -> None:
    """The names in a folder, on the disk when this returns."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextmanager
def locked(folder: Path, *, shared: bool = False) -> Iterator[None]:
    """A folder kept from other processes and threads that lock it; shared: from its writers only.

    The folder itself is locked, so there is no lock file to leave behind and a reader needs no right to write.
    The lock goes with the process that holds it. It is not to be taken twice by one thread.
    """
    handle = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_SH if shared else fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)
