"""The history: an append-only log of what became of each version, in a folder of a disk.

How it is read, and what its seal is for, is in `models.log`; what has no newline yet is cut off by the next append.
"""

from __future__ import annotations

import os
from contextlib import contextmanager
from typing import TYPE_CHECKING, Protocol

from models.disk import locked, sync, write
from models.errors import ModelError
from models.log import Log, chain, end_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from models.entries import Entry


class Append(Protocol):
    """Adds entries to the log, all in one write, on the disk when it returns."""

    def __call__(self, *entries: Entry) -> None:
        """Add them; OSError where there is no room: what was written of them is then cut off by the next append."""


class History(Log):
    """The log in one file; it is locked by its folder."""

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self._path = path
        self._seal_file = path.with_name("history.seal")
        self._next_seal = path.with_name(".next-history.seal")

    @contextmanager
    def writing(self) -> Iterator[Append]:
        """The way to append, for as long as this process alone may; the folder must be there.

        ModelError where the last line is not the one that was sealed.
        """
        with locked(self._path.parent):
            self._next_seal.unlink(missing_ok=True)  # of a killed process
            if self.exists():
                self._renew(self.lines())
            yield self._append

    def _append(self, *entries: Entry) -> None:
        lines = self.lines()
        before = end_of(lines)
        added = chain(entries, before)
        if not added:
            return
        after, content = end_of(added), b"".join(added)
        self._seal(before, after)
        if self.exists():
            self._extend(sum(map(len, lines)), content)
        else:
            self._begin(content)
        self._seal(after)

    def _extend(self, end: int, content: bytes) -> None:
        handle = os.open(self._path, os.O_WRONLY | os.O_APPEND)
        try:
            os.ftruncate(handle, end)
            if os.write(handle, content) < len(content):
                message = f"{self._path}: no room for an entry; found the disk full; make room and do it again"
                raise OSError(message)
            os.fsync(handle)
        finally:
            os.close(handle)

    def _begin(self, content: bytes) -> None:
        staged = self._path.with_name(f".next-{self._path.name}")
        write(staged, content)
        staged.replace(self._path)
        sync(self._path.parent)

    def _seal(self, *hashes: str) -> None:
        write(self._next_seal, "".join(f"{each}\n" for each in hashes).encode())
        self._next_seal.replace(self._seal_file)
        sync(self._seal_file.parent)

    def _renew(self, lines: list[bytes]) -> None:
        """Have the seal say what the last line is, where a killed process or an earlier release left another."""
        sealed = self.sealed()
        if sealed == [end_of(lines)]:
            return
        if sealed is not None and end_of(lines) not in sealed and not self.follows(lines):
            raise ModelError(self.lost(lines))
        self._seal(end_of(lines))
