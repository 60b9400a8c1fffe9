"""The history: an append-only log of what became of each version, every line chained to the one before.

`history.jsonl` holds one entry a line (`models.entries`). What has no newline yet has not happened: readers pass over
it, the next append cuts it off.

The chain shows a line that was changed, taken out or put in, and `history.seal` the same of the last line: it holds the
sha256 of that one. While a line is appended it holds two, that of the last line and that of the next, so that a process
killed at any moment leaves a log whose last line is one of them. A log without a seal, as earlier releases wrote it, is
taken on trust and sealed by the next writer.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final, Protocol

from models.disk import locked, read, sync, write
from models.entries import entry_in, fault, is_newer, line_of
from models.errors import ModelError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from models.entries import Entry

LARGEST: Final = 1 << 26
LARGEST_SEAL: Final = 1 << 10
SEAL: Final = re.compile(rb"([0-9a-f]{64}\n){1,2}")
NONE_BEFORE: Final = "0" * 64


class Append(Protocol):
    """Adds entries to the log, all in one write, on the disk when it returns."""

    def __call__(self, *entries: Entry) -> None:
        """Add them; OSError where there is no room: what was written of them is then cut off by the next append."""


class History:
    """The log in one file; it is locked by its folder."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.seal = path.with_name("history.seal")
        self._next_seal = path.with_name(".next-history.seal")

    def exists(self) -> bool:
        """Whether anything has been logged: the file appears with its first line in it."""
        return self.path.exists()

    def entries(self, *, skip: bool = False) -> list[Entry]:
        """The entries, oldest first, none where there is no log; ModelError names the line that is none, or skip it.

        A line of a newer release is never skipped: what it decides is not known here.
        """
        found = []
        for number, line in enumerate(self._lines(), start=1):
            entry = entry_in(line)
            if entry is None and (is_newer(line) or not skip):
                raise ModelError(f"{self.path.name}: line {number}: {fault(line)}")
            found += [] if entry is None else [entry]
        return found

    def verify(self) -> list[str]:
        """What is wrong with the log, a line of text for each; nothing is repaired, a torn last line is no fault."""
        return self._faults(self._lines())

    def verify_end(self) -> list[str]:
        """What is wrong with the end of the log, a line of text where anything is; a log without a seal is not held."""
        lines, sealed = self._lines(), self._sealed()
        if not self.exists() or sealed is None or _end(lines) in sealed:
            return []
        if self._follows(lines):
            message = f"{self.path.name}: lines were added after the one that was sealed; found {_end(lines)[:12]}"
            return [f"{message}; written by an earlier release or by hand, the next save or promotion seals them"]
        return [self._lost(lines)]

    def _faults(self, lines: list[bytes]) -> list[str]:
        before = [NONE_BEFORE, *map(_sha256, lines)]
        return [
            f"{self.path.name}: line {number}: {found}"
            for number, (line, expected) in enumerate(zip(lines, before, strict=False), start=1)
            if (found := fault(line) or _break(line, expected))
        ]

    @contextmanager
    def writing(self) -> Iterator[Append]:
        """The way to append, for as long as this process alone may; the folder must be there.

        ModelError where the last line is not the one that was sealed.
        """
        with locked(self.path.parent):
            self._next_seal.unlink(missing_ok=True)  # of a killed process
            if self.exists():
                self._renew(self._lines())
            yield self._append

    def _append(self, *entries: Entry) -> None:
        lines = self._lines()
        before = _end(lines)
        content = _chain(entries, before)
        if not content:
            return
        after = _end(content.splitlines(keepends=True))
        self._seal(before, after)
        if self.exists():
            self._extend(sum(map(len, lines)), content)
        else:
            self._begin(content)
        self._seal(after)

    def _extend(self, end: int, content: bytes) -> None:
        handle = os.open(self.path, os.O_WRONLY | os.O_APPEND)
        try:
            os.ftruncate(handle, end)
            if os.write(handle, content) < len(content):
                message = f"{self.path}: no room for an entry; found the disk full; make room and do it again"
                raise OSError(message)
            os.fsync(handle)
        finally:
            os.close(handle)

    def _begin(self, content: bytes) -> None:
        staged = self.path.with_name(f".next-{self.path.name}")
        write(staged, content)
        staged.replace(self.path)
        sync(self.path.parent)

    def _seal(self, *hashes: str) -> None:
        write(self._next_seal, "".join(f"{each}\n" for each in hashes).encode())
        self._next_seal.replace(self.seal)
        sync(self.seal.parent)

    def _sealed(self) -> list[str] | None:
        """The sha256 of what may be the last line; none that could be one where it is no seal, None without a seal."""
        try:
            content = read(self.seal, LARGEST_SEAL)
        except FileNotFoundError:
            return None
        return content.decode().split("\n")[:-1] if SEAL.fullmatch(content) else []

    def _follows(self, lines: list[bytes]) -> bool:
        """Whether the last line stands in an unbroken chain of lines after a sealed one."""
        return not {NONE_BEFORE, *map(_sha256, lines)}.isdisjoint(self._sealed() or []) and not self._faults(lines)

    def _renew(self, lines: list[bytes]) -> None:
        """Have the seal say what the last line is, where a killed process or an earlier release left another."""
        sealed = self._sealed()
        if sealed == [_end(lines)]:
            return
        if sealed is not None and _end(lines) not in sealed and not self._follows(lines):
            raise ModelError(self._lost(lines))
        self._seal(_end(lines))

    def _lost(self, lines: list[bytes]) -> str:
        sealed = " or ".join(each[:12] for each in self._sealed() or []) or "none"
        message = f"{self.path.name}: its last line is not the one that {self.seal.name} names"
        message = f"{message}; expected sha256 {sealed}, found {_end(lines)[:12]}"
        return f"{message}; restore both from a copy, or remove {self.seal.name} to take the log on trust"

    def _lines(self) -> list[bytes]:
        try:
            content = read(self.path, LARGEST)
        except FileNotFoundError:
            return []
        return [line + b"\n" for line in content.split(b"\n")[:-1]]


def _chain(entries: Iterable[Entry], before: str) -> bytes:
    lines: list[bytes] = []
    for entry in entries:
        lines.append(line_of(entry | {"before": before}))
        before = _sha256(lines[-1])
    return b"".join(lines)


def _end(lines: list[bytes]) -> str:
    """The sha256 of the last line, as the next one carries it."""
    return _sha256(lines[-1]) if lines else NONE_BEFORE


def _sha256(line: bytes) -> str:
    return hashlib.sha256(line).hexdigest()


def _break(line: bytes, expected: str) -> str:
    found = json.loads(line)["before"]
    if found == expected:
        return ""
    what = "does not follow the line before it"
    return f"{what}; expected sha256 {expected[:12]}, found {found[:12]}; restore the log from a copy"
