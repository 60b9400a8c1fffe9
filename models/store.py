"""The store: numbered folders, each one version, registered in the history and never rewritten."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

from models.codec import OWN_FILES, decode, describe, encode
from models.disk import read
from models.entries import champions, new_entry, pruned, registered
from models.errors import ModelError
from models.folder_writer import FolderWriter
from models.history import History
from models.layout import (
    CHAMPION,
    HISTORY,
    LARGEST,
    LARGEST_POINTER,
    folder_name,
    largest,
    number_in,
    numbers_in,
    sha256_of,
)
from models.log import Log
from models.object_writer import ObjectWriter

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from models.entries import Entry, Event
    from models.place import Place
    from nn.classifier import Classifier

BY_HAND: Final = "by hand"
FOUND: Final = "found in a store without a history"


@dataclass(frozen=True, eq=False)
class Version:
    """One trained model as it was loaded: pinned by its number and the sha256 of its `model.json`."""

    number: int
    sha256: str
    classifier: Classifier
    notes: dict[str, Any]
    files: Mapping[str, bytes] = field(default_factory=dict, repr=False)
    """The extra files it was saved with, by name."""


class ModelStore:
    """The versions of one table's models, in a folder on a disk or on object storage."""

    def __init__(self, folder: Place) -> None:
        self.folder = folder
        self.log: Log
        self.writer: FolderWriter | ObjectWriter
        if isinstance(folder, Path):
            self.log = log = History(folder / HISTORY)
            self.writer = FolderWriter(folder, log, self._before_history)
        else:
            self.log = Log(folder / HISTORY)
            self.writer = ObjectWriter(folder, self.log, self._before_history)

    def versions(self) -> list[int]:
        """The numbers there are, ascending; what was pruned is none, whether or not its folder is gone."""
        entries = self.log.entries(skip=True)
        gone, known = pruned(entries), registered(entries)
        found = [number for number in numbers_in(self.folder) if number not in gone]
        if isinstance(self.writer, FolderWriter):
            return found
        # On object storage a version is begun where it is to stay: until the history names it there is none.
        if entries:
            return [number for number in found if number in known]
        begun = self.writer.begun()  # asked after what there is, for a number is claimed before anything is of it
        return [number for number in found if folder_name(number) not in begun]

    def path(self, number: int) -> Place:
        """The folder of a version."""
        return self.folder / folder_name(number)

    def champion(self) -> int | None:
        """The version that labels when none is named; None where none has been promoted."""
        if isinstance(self.writer, ObjectWriter) and self.log.exists():
            return next(reversed(champions(self.history())), None)
        pointer = self.folder / CHAMPION
        try:
            text = read(pointer, LARGEST_POINTER)
        except FileNotFoundError:
            return None
        number = number_in(text)
        if number is None or not self.path(number).is_dir():
            found = text.decode(errors="replace").strip()[:40]
            message = f"{pointer}: names no version; found {found!r}; run `wine-labels models promote N`"
            raise ModelError(message)
        return number

    def history(self) -> list[dict[str, Any]]:
        """What became of the versions, oldest first; ModelError names a line of the log that is no entry."""
        return self.log.entries()

    def save(
        self, classifier: Classifier, notes: dict[str, Any], extra_files: Mapping[str, bytes] = MappingProxyType({})
    ) -> Version:
        """Keep a new version under the next free number, once it has been read back as it would be loaded.

        Extra files, by their names, are kept in the version's folder and hashed like the others. What killed processes
        left half staged more than an hour ago is removed.
        """
        files = encode(classifier, notes, extra_files)
        _check_sizes(files)
        decode(files)
        return self.load(self.writer.register(files))

    def load(self, number: int | None = None) -> Version:
        """A version by its number, or the champion; ModelError where it is not what was saved.

        `model.json` is held against the history, and every other file against `model.json`, before it is parsed. A
        version the history does not name is refused; where there is no history at all, versions are taken on trust.
        """
        number = self._known(number)
        return self.read(number, self.path(number), self._expected(number))

    def pin(self, number: int | None = None) -> tuple[int, str]:
        """The number of a version or of the champion, and the sha256 of its `model.json`; ModelError as for `load`.

        The history says the sha256, where it names the version: its files are not read.
        """
        number = self._known(number)
        expected = self._expected(number)
        if expected is None:
            return number, sha256_of(self._description(number))
        if number not in expected:
            raise _unregistered(number)
        return number, expected[number]

    def describe(self, number: int) -> dict[str, Any]:
        """What a version's `model.json` says, without its weights."""
        return describe(self._description(self._known(number)))

    def promote(self, number: int, reason: str = BY_HAND, figures: Mapping[str, float] | None = None) -> None:
        """Make a version the champion, once it has been loaded; the reason and the figures go into the history."""
        self._known(number)
        self.writer.commit(self._crowning("promoted", lambda _: number, reason, figures))

    def refuse(self, number: int, reason: str, figures: Mapping[str, float] | None = None) -> None:
        """Record that a version was not made champion, and why; nothing else changes."""
        self._known(number)

        def decide(entries: list[Entry]) -> list[Entry]:
            return [new_entry("refused", number, _expected(number, entries), datetime.now(UTC), reason, figures)]

        self.writer.commit(decide)

    def rollback(self, reason: str = BY_HAND) -> int:
        """Make the champion before the present one champion again, and return its number; ModelError without one.

        Rolled back twice, it is the one before that: what was rolled back does not count as having been champion.
        """
        self._known(None)
        chosen: list[int] = []

        def choose(entries: list[Entry]) -> int:
            chosen.append(_before_last(entries))
            return chosen[-1]

        self.writer.commit(self._crowning("rolled back", choose, reason, None))
        return chosen[-1]

    def decided(self, number: int) -> bool:
        """Whether a version has been promoted or refused since it was saved."""
        return any(entry["version"] == number and entry["event"] != "registered" for entry in self.history())

    def settle(self) -> None:
        """Do what the history has decided and a killed process left undone, as every save and promotion does first."""
        self.writer.settle()

    def _before_history(self) -> list[Entry]:
        """The entries of a store that has no history yet: the versions that can be read, and the champion."""
        found: dict[int, Entry] = {}
        now = datetime.now(UTC)
        for number in self.versions():
            with suppress(ModelError, OSError):
                sha256 = self.read(number, self.path(number), None).sha256
                found[number] = new_entry("registered", number, sha256, now, FOUND)
        with suppress(ModelError, KeyError):
            crowned = found[self.champion() or 0]
            return [*found.values(), crowned | {"event": "promoted"}]
        return [*found.values()]

    def _crowning(
        self, event: Event, choose: Callable[[list[Entry]], int], reason: str, figures: Mapping[str, float] | None
    ) -> Callable[[list[Entry]], list[Entry]]:
        """Decides that the version chosen becomes champion, once it has been loaded."""
        loaded: set[str] = set()

        def decide(entries: list[Entry]) -> list[Entry]:
            number = choose(entries)
            sha256 = _expected(number, entries)
            if sha256 not in loaded:  # decided again, it is the same
                loaded.add(self.read(number, self.path(number), registered(entries)).sha256)
            return [new_entry(event, number, sha256, datetime.now(UTC), reason, figures)]

        return decide

    def mentioned(self, entries: list[Entry]) -> list[int]:
        """The numbers of all versions that are there or that the history names."""
        return sorted({*self.versions(), *registered(entries)})

    def _expected(self, number: int) -> Mapping[int, str] | None:
        """The sha256 of `model.json` of each version that is registered; None where there is no history.

        ModelError where this one was pruned.
        """
        entries = self.history()
        _check_kept(number, entries)
        return registered(entries) if self.log.exists() else None

    def _without_champion(self) -> str:
        """What there is where no version is champion, and what to do."""
        versions = self.versions()
        if versions:
            promote = f"`wine-labels models promote {versions[-1]}` if it is to label"
            return f"version {versions[-1]}, which was not promoted, in {self.folder}; train another, or {promote}"
        return f"no champion in {self.folder}; run `wine-labels train FILE`, or `wine-labels run`"

    def _known(self, number: int | None) -> int:
        wanted = self.champion() if number is None else number
        if wanted is None:
            message = f"no model yet; found {self._without_champion()}"
            raise ModelError(message)
        if not self.path(wanted).is_dir():
            _check_kept(wanted, self.history())
            found = ", ".join(map(str, self.versions()[-10:])) or "none"
            message = f"no version {wanted}; found {found} in {self.folder}; see `wine-labels models list`"
            raise ModelError(message)
        return wanted

    def read(self, number: int, folder: Place, expected: Mapping[int, str] | None) -> Version:
        """The version in a folder, held against the sha256 of each number, where those are given."""
        found = self._files(number, folder)
        text = read(found["model.json"], LARGEST["model.json"])
        sha256 = sha256_of(text)
        if expected is not None and number not in expected:
            raise _unregistered(number)
        if expected is not None and expected[number] != sha256:
            message = f"version {number}: model.json is not the one in history.jsonl"
            raise ModelError(f"{message}; expected sha256 {expected[number][:12]}, found {sha256[:12]}; restore it")
        kept = describe(text)["files"]
        files = {name: read(path, largest(name)) for name, path in found.items() if name in kept}
        classifier, notes = decode(files | {"model.json": text})
        return Version(
            number, sha256, classifier, notes, {name: files[name] for name in files if name not in OWN_FILES}
        )

    def _description(self, number: int) -> bytes:
        return read(self._files(number, self.path(number))["model.json"], LARGEST["model.json"])

    def _files(self, number: int, folder: Place) -> dict[str, Place]:
        found = sorted(folder.iterdir(), key=_name) if folder.is_dir() else []
        files = {path.name: path for path in found}
        for name in OWN_FILES:
            if name not in files:
                names = ", ".join(path.name for path in found) or "nothing"
                raise ModelError(f"version {number}: {name} is missing; found {names}; restore it")
        return files


def _name(path: Place) -> str:
    return path.name


def _check_sizes(files: Mapping[str, bytes]) -> None:
    """ModelError for a file that could not be read again."""
    for name, content in files.items():
        if len(content) > largest(name):
            message = f"{name}: too large to be kept; found {len(content):,} bytes, {largest(name):,} at most"
            raise ModelError(f"{message}; train on fewer rows")


def _unregistered(number: int) -> ModelError:
    message = f"version {number}: not registered; found no line of history.jsonl that names it"
    return ModelError(f"{message}; restore the log from a copy, or train a new version")


def _check_kept(number: int, entries: list[Entry]) -> None:
    """ModelError for a version that was pruned."""
    if entry := pruned(entries).get(number):
        message = f"version {number} was pruned; found that {entry['by']} removed it on {entry['at'][:10]}"
        raise ModelError(f"{message}, {entry['reason']}; name one that `wine-labels models list` shows")


def _expected(number: int, entries: list[Entry]) -> str:
    """The sha256 that a version was registered with; ModelError where it was not, or was pruned."""
    _check_kept(number, entries)
    if number not in (expected := registered(entries)):
        raise _unregistered(number)
    return expected[number]


def _before_last(entries: list[Entry]) -> int:
    """The champion before the present one; ModelError where there was none."""
    *before, present = champions(entries) or [0]
    if not before:
        message = f"no champion to go back to; found none before version {present} in the history"
        raise ModelError(f"{message}; run `wine-labels models promote N`")
    return before[-1]
