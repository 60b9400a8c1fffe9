"""The store: numbered folders, each one version, claimed by an exclusive rename and never rewritten."""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from models.codec import ModelError, decode, describe, encode

if TYPE_CHECKING:
    from nn.classifier import Classifier

CHAMPION: Final = "champion"
DIGITS: Final = 4


@dataclass(frozen=True, eq=False)
class Version:
    """One trained model as it was loaded: pinned by its number and the sha256 of its `model.json`."""

    number: int
    sha256: str
    classifier: Classifier
    notes: dict[str, Any]


class ModelStore:
    """The versions of one table's models, in a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def versions(self) -> list[int]:
        """The numbers there are, ascending."""
        if not self.folder.is_dir():
            return []
        numbers = {path: int(path.name) for path in self.folder.iterdir() if path.name.isdecimal() and path.is_dir()}
        return sorted(number for path, number in numbers.items() if path == self.path(number))

    def path(self, number: int) -> Path:
        """The folder of a version."""
        return self.folder / f"{number:0{DIGITS}}"

    def champion(self) -> int | None:
        """The version that labels when none is named; None where none has been promoted."""
        pointer = self.folder / CHAMPION
        try:
            text = pointer.read_text(encoding="utf-8", errors="replace").strip()
        except FileNotFoundError:
            return None
        if not text.isdecimal() or int(text) not in self.versions():
            message = f"{pointer}: names no version; found {text[:40]!r}; run `wine-labels models promote N`"
            raise ModelError(message)
        return int(text)

    def save(self, classifier: Classifier, notes: dict[str, Any]) -> Version:
        """Keep a new version under the next free number, once it has been read back as it would be loaded."""
        files = encode(classifier, notes)
        decode(files)
        self.folder.mkdir(parents=True, exist_ok=True)
        staged = Path(tempfile.mkdtemp(prefix=".staging-", dir=self.folder))
        try:
            for name, content in files.items():
                _write(staged / name, content)
            staged.chmod(0o755)
            number = self._claim(staged)
        finally:
            shutil.rmtree(staged, ignore_errors=True)
        return self.load(number)

    def _claim(self, staged: Path) -> int:
        number = max(self.versions(), default=0) + 1
        while True:
            with suppress(FileExistsError, OSError):  # a folder that is not empty is somebody's version
                staged.rename(self.path(number))
                _sync(self.folder)
                return number
            if not self.path(number).exists():
                message = f"{self.path(number)}: cannot be made; check the folder's permissions and space"
                raise ModelError(message)
            number += 1

    def load(self, number: int | None = None) -> Version:
        """A version by its number, or the champion; every file is held against its sha256 before it is parsed."""
        number = self._known(number)
        files = {path.name: path.read_bytes() for path in self._files(number)}
        classifier, notes = decode(files)
        return Version(number, hashlib.sha256(files["model.json"]).hexdigest(), classifier, notes)

    def describe(self, number: int) -> dict[str, Any]:
        """What a version's `model.json` says, without its weights."""
        files = {path.name: path for path in self._files(self._known(number))}
        return describe(files["model.json"].read_bytes())

    def promote(self, number: int) -> None:
        """Make a version the champion, once it has been loaded."""
        version = self.load(number)
        staged = self.folder / f".{CHAMPION}-{os.getpid()}"
        _write(staged, f"{version.number:0{DIGITS}}\n".encode())
        staged.replace(self.folder / CHAMPION)
        _sync(self.folder)

    def _known(self, number: int | None) -> int:
        wanted = self.champion() if number is None else number
        if wanted is None:
            message = f"no model yet; found no champion in {self.folder}; run `wine-labels train` or `wine-labels run`"
            raise ModelError(message)
        if wanted not in self.versions():
            found = ", ".join(map(str, self.versions()[-10:])) or "none"
            message = f"no version {wanted}; found {found} in {self.folder}; see `wine-labels models list`"
            raise ModelError(message)
        return wanted

    def _files(self, number: int) -> list[Path]:
        found = sorted(self.path(number).iterdir())
        names = [path.name for path in found]
        for due in ("model.json", "weights.npz"):
            if due not in names:
                message = f"version {number}: {due} is missing; found {', '.join(names) or 'nothing'}; restore it"
                raise ModelError(message)
        return [path for path in found if path.is_file()]


def _write(path: Path, content: bytes) -> None:
    with path.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
