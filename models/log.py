"""The log: the history as it is read, every line chained to the one before.

`history.jsonl` holds one entry a line (`models.entries`). What has no newline yet has not happened: readers pass over
it.

The chain shows a line that was changed, taken out or put in, and `history.seal` the same of the last line: it holds the
sha256 of that one. While a line is appended it holds two, that of the last line and that of the next, so that a process
killed at any moment leaves a log whose last line is one of them. On object storage, where the log is replaced whole, it
is written after the line. A log without a seal, as earlier releases wrote it, is taken on trust.
"""

from __future__ import annotations

import hashlib
import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Final

from models.disk import read
from models.entries import entry_in, fault, is_newer, line_of
from models.errors import ModelError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from models.entries import Entry
    from models.place import Place

LARGEST: Final = 1 << 26
LARGEST_SEAL: Final = 1 << 10
SEAL: Final = re.compile(rb"([0-9a-f]{64}\n){1,2}")
NONE_BEFORE: Final = "0" * 64


class Log:
    """The log in one file, read."""

    def __init__(self, path: Place) -> None:
        self.path = path
        self.seal = path.with_name("history.seal")

    def exists(self) -> bool:
        """Whether anything has been logged: the file appears with its first line in it."""
        return self.path.is_file()

    def entries(self, *, skip: bool = False) -> list[Entry]:
        """The entries, oldest first, none where there is no log; ModelError names the line that is none, or skip it.

        A line of a newer release is never skipped: what it decides is not known here.
        """
        return self._entries(self.lines(), skip=skip)

    def _entries(self, lines: Iterable[bytes], *, skip: bool) -> list[Entry]:
        found = []
        for number, line in enumerate(lines, start=1):
            entry = entry_in(line)
            if entry is None and (is_newer(line) or not skip):
                raise ModelError(f"{self.path.name}: line {number}: {fault(line)}")
            found += [] if entry is None else [entry]
        return found

    def entries_of(self, content: bytes) -> list[Entry]:
        """The entries in the bytes of a log; ModelError names the line that is none."""
        return self._entries(lines_in(content), skip=False)

    def verify(self) -> list[str]:
        """What is wrong with the log, a line of text for each; nothing is repaired, a torn last line is no fault."""
        return self._faults(self.lines())

    def verify_end(self) -> list[str]:
        """What is wrong with the end of the log, a line of text where anything is; a log without a seal is not held."""
        lines, sealed = self.lines(), self.sealed()
        if not self.exists() or sealed is None or end_of(lines) in sealed:
            return []
        if self.follows(lines):
            if not isinstance(self.path, Path):
                return []  # there the seal is written after the line, by whoever writes next if need be
            message = f"{self.path.name}: lines were added after the one that was sealed; found {end_of(lines)[:12]}"
            return [f"{message}; written by an earlier release or by hand, the next save or promotion seals them"]
        return [self.lost(lines)]

    def _faults(self, lines: list[bytes]) -> list[str]:
        before = [NONE_BEFORE, *map(_sha256, lines)]
        return [
            f"{self.path.name}: line {number}: {found}"
            for number, (line, expected) in enumerate(zip(lines, before, strict=False), start=1)
            if (found := fault(line) or _break(line, expected))
        ]

    def sealed(self) -> list[str] | None:
        """The sha256 of what may be the last line; none that could be one where it is no seal, None without a seal."""
        try:
            content = read(self.seal, LARGEST_SEAL)
        except FileNotFoundError:
            return None
        return content.decode().split("\n")[:-1] if SEAL.fullmatch(content) else []

    def follows(self, lines: list[bytes]) -> bool:
        """Whether the last line stands in an unbroken chain of lines after a sealed one."""
        return not {NONE_BEFORE, *map(_sha256, lines)}.isdisjoint(self.sealed() or []) and not self._faults(lines)

    def lost(self, lines: list[bytes]) -> str:
        """That the last line is not the one that was sealed, and what to do."""
        sealed = " or ".join(each[:12] for each in self.sealed() or []) or "none"
        message = f"{self.path.name}: its last line is not the one that {self.seal.name} names"
        message = f"{message}; expected sha256 {sealed}, found {end_of(lines)[:12]}"
        return f"{message}; restore both from a copy, or remove {self.seal.name} to take the log on trust"

    def lines(self) -> list[bytes]:
        """The lines, newlines included; none where there is no log."""
        try:
            content = read(self.path, LARGEST)
        except FileNotFoundError:
            return []
        return lines_in(content)


def lines_in(content: bytes) -> list[bytes]:
    """The lines in the bytes of a log, newlines included."""
    return [line + b"\n" for line in content.split(b"\n")[:-1]]


def chain(entries: Iterable[Entry], before: str) -> list[bytes]:
    """The lines of entries that follow the line of this sha256, each chained to the one before."""
    lines: list[bytes] = []
    for entry in entries:
        lines.append(line_of(entry | {"before": before}))
        before = _sha256(lines[-1])
    return lines


def end_of(lines: list[bytes]) -> str:
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
