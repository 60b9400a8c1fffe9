"""The writer of a store on object storage: any number at a time, none of which waits for another.

A number is claimed by an object that only one can create, the files are created beside those of other versions, and one
swap of the whole history decides. Who comes second reads the history again and decides again. An answer may be lost on
the way: a writer knows what it wrote by a nonce in it, and takes what it finds there for written.

`champion` is for people and other programs; it follows the history, and by the number of the line that it was made from
an older one never replaces a newer. This program reads the history alone.
"""

from __future__ import annotations

import errno
import random
import time
from contextlib import suppress
from datetime import UTC, datetime
from secrets import token_hex
from typing import TYPE_CHECKING, Final

from models.entries import CROWNING, champions, new_entry, pruned, registered, with_nonce
from models.errors import ModelError
from models.layout import CHAMPION, CLAIMS, SEAL, folder_name, numbers_in, pointer_to, sequence_in, sha256_of
from models.log import chain, end_of, lines_in

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from models.entries import Entry
    from models.log import Log
    from models.place import ObjectPlace, State

SLOW: Final = 3600.0  # seconds after which a save gives up
OLD: Final = 24 * 3600.0  # seconds after which what it left is removed
PATIENCE: Final = 300.0  # seconds that others may come first
PAUSES: Final = (0.02, 1.0)


class ObjectWriter:
    """Writes into a store on object storage."""

    def __init__(self, folder: ObjectPlace, log: Log, before_history: Callable[[], Sequence[Entry]]) -> None:
        """``before_history`` gives the entries of a store that has no history yet."""
        self._folder, self._log, self._before_history = folder, log, before_history
        self._path, self._sealing = folder / log.path.name, folder / SEAL

    def register(self, files: Mapping[str, bytes]) -> int:
        """Keep the files of a new version under a number that is free, and return it."""
        self._sweep()
        begun, nonce = time.monotonic(), _nonce()
        number = next(number for number in self._claimed(nonce) if self._sent(number, files))

        def decide(_: list[Entry]) -> list[Entry]:
            # A machine that sleeps counts no seconds meanwhile, so the claim is asked as well.
            if time.monotonic() - begun > SLOW or not self._is_claimed(number, nonce):
                message = (
                    f"version {number}: not registered; found that saving it took more than an hour; save it again"
                )
                raise ModelError(message)
            return [new_entry("registered", number, sha256_of(files["model.json"]), datetime.now(UTC))]

        self.commit(decide)
        with suppress(OSError):  # it is registered: told otherwise, its caller would save it again
            self._claim(number).unlink(missing_ok=True)
        return number

    def commit(self, decide: Callable[[list[Entry]], Sequence[Entry]]) -> None:
        """Append what is decided by the entries there are, and do it."""
        until = time.monotonic() + PATIENCE
        tried: set[bytes] = set()
        for pause in _pauses():
            content, tag = self._history()
            if not tried.isdisjoint(lines_in(content)):  # it was written, and the answer was lost
                break
            before = [] if content else [*self._before_history()]
            decided = decide([*self._log.entries_of(content), *before])
            lines = chain(map(with_nonce, [*before, *decided]), end_of(lines_in(content)))
            if not lines or self._appended(content, tag, lines):
                break
            tried.add(lines[-1])
            if time.monotonic() > until:
                message = f"{self._path}: cannot be written; found that others always came first; try again later"
                raise ModelError(message)
            time.sleep(pause)
        with suppress(OSError):  # it is decided; what is left undone is done by whoever writes next
            self.settle()

    def settle(self) -> None:
        """Do what the history has decided and a killed process left undone."""
        entries = self._log.entries()
        crowning = [line for line, entry in enumerate(entries, start=1) if entry["event"] in CROWNING]
        if crowning and (left := champions(entries)):
            self._point(left[-1], crowning[-1])
        self._seal()
        if gone := pruned(entries):
            for number in gone.keys() & numbers_in(self._folder):
                self._remove(number)

    def pending(self, _entries: Sequence[Entry]) -> dict[ObjectPlace, ObjectPlace]:
        """Nothing: what a line decides is where it is to be."""
        return {}

    def begun(self) -> set[str]:
        """The folders of versions that are being saved."""
        return {claim.name for claim in (self._folder / CLAIMS).iterdir()}

    def abandoned(self) -> list[ObjectPlace]:
        """What saves have claimed that ended without a word more than a day ago."""
        return [claim for claim, state in (self._folder / CLAIMS).entries() if state and _is_old(state)]

    def _history(self) -> tuple[bytes, str]:
        try:
            return self._path.get()
        except FileNotFoundError:
            return b"", ""

    def _appended(self, content: bytes, tag: str, lines: Sequence[bytes]) -> bool:
        """Whether the lines are in the history; where that is not known, the history will say so."""
        after = b"".join([*lines_in(content), *lines])
        try:
            return self._path.swap(after, tag) if content else self._path.create(after)
        except OSError as error:
            if error.errno != errno.EIO:
                raise
            return False  # every answer was lost; a store that is gone is found gone when it is read

    def _claimed(self, nonce: bytes) -> Iterator[int]:
        """Numbers that nobody else may use, from the next on."""
        number = max([*numbers_in(self._folder), *registered(self._log.entries())], default=0)
        while True:
            number += 1
            if not self._claim(number).create(nonce):
                continue
            if number in registered(self._log.entries()):  # its claim was given back when it was registered
                self._claim(number).unlink(missing_ok=True)
                continue
            yield number

    def _is_claimed(self, number: int, nonce: bytes) -> bool:
        try:
            return self._claim(number).read_bytes() == nonce
        except FileNotFoundError:
            return False

    def _sent(self, number: int, files: Mapping[str, bytes]) -> bool:
        """Whether a version's files are there; not where another's are, which was too slow to register them."""
        return all((self._folder / folder_name(number) / name).create(content) for name, content in files.items())

    def _point(self, number: int, sequence: int) -> None:
        pointer, place = pointer_to(number, sequence), self._folder / CHAMPION
        for pause in _pauses():
            try:
                found, tag = place.get()
            except FileNotFoundError:
                if place.create(pointer):
                    return
            else:
                if sequence_in(found) >= sequence or place.swap(pointer, tag):
                    return
            time.sleep(pause)

    def _seal(self) -> None:
        """Have the seal name the last line; one that names a line nobody knows is damage, and stays for `verify`."""
        for pause in _pauses():
            hashes = [end_of([line]) for line in self._log.lines()]
            content = f"{hashes[-1]}\n".encode() if hashes else b""
            try:
                found, tag = self._sealing.get()
            except FileNotFoundError:
                if not content or self._sealing.create(content):
                    return
            else:
                if found == content or found.decode(errors="replace").split("\n")[0] not in hashes:
                    return
                if self._sealing.swap(content, tag):
                    return
            time.sleep(pause)

    def _sweep(self) -> None:
        """Remove what saves have left that ended without a word more than a day ago."""
        for claim in self.abandoned():
            if not self._taken_over(claim):
                continue
            if claim.name.isdecimal() and int(claim.name) not in registered(self._log.entries()):
                self._remove(int(claim.name))
            claim.unlink(missing_ok=True)

    def _taken_over(self, claim: ObjectPlace) -> bool:
        """Whether this sweep is the one to remove what was claimed.

        The claim is young again then, so that another sweep leaves it, and the save that made it gives up. One that is
        gone may have been made anew by a save that is at work: what is looked at last is what is written over.
        """
        try:
            _, tag = claim.get()
            return _is_old(claim.stat()) and claim.swap(_nonce(), tag)
        except FileNotFoundError:
            return False

    def _remove(self, number: int) -> None:
        for path in (self._folder / folder_name(number)).iterdir():
            path.unlink(missing_ok=True)

    def _claim(self, number: int) -> ObjectPlace:
        return self._folder / CLAIMS / folder_name(number)


def _nonce() -> bytes:
    return f"{token_hex(16)}\n".encode()


def _is_old(state: State) -> bool:
    return state.st_mtime < time.time() - OLD


def _pauses() -> Iterator[float]:
    """Longer and longer, and never two alike, so that those who met do not meet again."""
    least, most = PAUSES
    while True:
        yield random.uniform(least / 2, least)  # noqa: S311  nothing is kept secret by it
        least = min(most, least * 2)
