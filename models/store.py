"""The store: numbered folders, each one version, registered in the history and never rewritten."""

from __future__ import annotations

import hashlib
import shutil
import tempfile
import time
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

from models.codec import OWN_FILES, decode, describe, encode
from models.disk import read, sync, write
from models.entries import champions, new_entry, pruned, registered
from models.errors import ModelError
from models.history import History

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from models.entries import Entry, Event
    from models.history import Append
    from nn.classifier import Classifier

CHAMPION: Final = "champion"
DIGITS: Final = 4
STAGING: Final = ".staging-"
NEXT_VERSION: Final = ".next-version"
NEXT_CHAMPION: Final = ".next-champion"
OWN: Final = {
    CHAMPION, NEXT_CHAMPION, NEXT_VERSION, "history.jsonl", ".next-history.jsonl", "history.seal", ".next-history.seal",
}  # fmt: skip
OLD: Final = 3600.0
LARGEST: Final = MappingProxyType({"model.json": 1 << 24, "weights.npz": 1 << 26})
LARGEST_OTHER: Final = 1 << 28
LARGEST_POINTER: Final = 1 << 10
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
    """The versions of one table's models, in a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.log = History(folder / "history.jsonl")

    def versions(self) -> list[int]:
        """The numbers there are, ascending; what was pruned is none, whether or not its folder is gone."""
        if not self.folder.is_dir():
            return []
        numbers = {path: int(path.name) for path in self.folder.iterdir() if path.name.isdecimal() and path.is_dir()}
        found = sorted(number for path, number in numbers.items() if path == self.path(number))
        gone = pruned(self.log.entries(skip=True))
        return [number for number in found if number not in gone]

    def path(self, number: int) -> Path:
        """The folder of a version."""
        return self.folder / f"{number:0{DIGITS}}"

    def champion(self) -> int | None:
        """The version that labels when none is named; None where none has been promoted."""
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
        self.folder.mkdir(parents=True, exist_ok=True)
        staged = Path(tempfile.mkdtemp(prefix=STAGING, dir=self.folder))
        try:
            for name, content in files.items():
                write(staged / name, content)
            staged.chmod(0o755)
            sync(staged)
            number = self._register(staged, sha256_of(files["model.json"]))
        finally:
            shutil.rmtree(staged, ignore_errors=True)
        return self.load(number)

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
        with self.writing() as append:
            self._crown("promoted", number, append, reason, figures)

    def refuse(self, number: int, reason: str, figures: Mapping[str, float] | None = None) -> None:
        """Record that a version was not made champion, and why; nothing else changes."""
        self._known(number)
        with self.writing() as append:
            expected = self._expected(number) or {}
            if number not in expected:
                raise _unregistered(number)
            append(new_entry("refused", number, expected[number], datetime.now(UTC), reason, figures))

    def rollback(self, reason: str = BY_HAND) -> int:
        """Make the champion before the present one champion again, and return its number; ModelError without one.

        Rolled back twice, it is the one before that: what was rolled back does not count as having been champion.
        """
        self._known(None)
        with self.writing() as append:
            *before, present = champions(self.history()) or [0]
            if not before:
                message = f"no champion to go back to; found none before version {present} in the history"
                raise ModelError(f"{message}; run `wine-labels models promote N`")
            self._crown("rolled back", before[-1], append, reason, None)
        return before[-1]

    def decided(self, number: int) -> bool:
        """Whether a version has been promoted or refused since it was saved."""
        return any(entry["version"] == number and entry["event"] != "registered" for entry in self.history())

    def settle(self) -> None:
        """Do what the history has decided and a killed process left undone, as every save and promotion does first."""
        if self.folder.is_dir():
            with self.writing():
                pass

    @contextmanager
    def writing(self) -> Iterator[Append]:
        """One writer at a time. A line in the history decides; what it decides is prepared before and done after.

        A version waits as NEXT_VERSION, a champion as NEXT_CHAMPION, what was pruned where it is. Whoever writes next
        settles what a killed process left: what lines have decided is done, what no line has decided is removed.
        """
        with self.log.writing() as append:
            if not self.log.exists():
                append(*self._before_history())
            self._settle()
            yield append
            self._settle()

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

    def _register(self, staged: Path, sha256: str) -> int:
        with self.writing() as append:
            for path in self.abandoned():
                shutil.rmtree(path, ignore_errors=True)
            number = max(self.mentioned(self.history()), default=0) + 1
            while self.path(number).exists():
                number += 1
            staged.rename(self.folder / NEXT_VERSION)
            sync(self.folder)
            append(new_entry("registered", number, sha256, datetime.now(UTC)))
        return number

    def _crown(
        self, event: Event, number: int, append: Append, reason: str, figures: Mapping[str, float] | None
    ) -> None:
        entry = new_entry(event, number, self.load(number).sha256, datetime.now(UTC), reason, figures)
        write(self.folder / NEXT_CHAMPION, pointer_to(number))
        sync(self.folder)
        append(entry)

    def _settle(self) -> None:
        entries = self.history()
        for prepared, place in self.pending(entries).items():
            prepared.rename(place)
            sync(self.folder)
        for path in map(self.path, pruned(entries)):
            shutil.rmtree(path, ignore_errors=True)
        shutil.rmtree(self.folder / NEXT_VERSION, ignore_errors=True)
        (self.folder / NEXT_CHAMPION).unlink(missing_ok=True)

    def pending(self, entries: list[Entry]) -> dict[Path, Path]:
        """What the last line has decided and is not done yet: what to rename, and to what."""
        last: Entry = entries[-1] if entries else {"event": None}
        version, champion = self.folder / NEXT_VERSION, self.folder / NEXT_CHAMPION
        if last["event"] == "registered" and not self.path(last["version"]).exists():
            text = content_of(version / "model.json")
            return {version: self.path(last["version"])} if sha256_of(text) == last["sha256"] else {}
        if last["event"] in {"promoted", "rolled back"} and number_in(content_of(champion)) == last["version"]:
            return {champion: self.folder / CHAMPION}
        return {}

    def abandoned(self) -> list[Path]:
        """What killed processes left half staged more than an hour ago."""
        found: list[Path] = []
        for path in sorted(self.folder.glob(f"{STAGING}*")):
            with suppress(FileNotFoundError):  # a save that fails takes its own away at any moment
                found += [path] if path.stat().st_mtime < time.time() - OLD else []
        return found

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

    def read(self, number: int, folder: Path, expected: Mapping[int, str] | None) -> Version:
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

    def _files(self, number: int, folder: Path) -> dict[str, Path]:
        found = sorted(folder.iterdir()) if folder.is_dir() else []
        files = {path.name: path for path in found}
        for name in OWN_FILES:
            if name not in files:
                names = ", ".join(path.name for path in found) or "nothing"
                raise ModelError(f"version {number}: {name} is missing; found {names}; restore it")
        return files


def sha256_of(content: bytes) -> str:
    """The sha256 of bytes, in hexadecimal."""
    return hashlib.sha256(content).hexdigest()


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


def content_of(path: Path) -> bytes:
    """The bytes of a file; none where it cannot be read."""
    try:
        return read(path, largest(path.name))
    except (OSError, ModelError):
        return b""


def largest(name: str) -> int:
    """How large a file of this name may be, in bytes."""
    return LARGEST.get(name, LARGEST_OTHER)


def pointer_to(number: int) -> bytes:
    """What a champion's file says of it."""
    return f"{number:0{DIGITS}}\n".encode()


def number_in(pointer: bytes) -> int | None:
    """The version that a champion's file names; None where it names none."""
    return int(pointer) if pointer.strip().isdigit() and len(pointer) < 20 else None  # noqa: PLR2004
