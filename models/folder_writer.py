"""The writer of a store in a folder: one at a time, and what a killed one left is settled by the next.

A line in the history decides. A version waits as NEXT_VERSION, a champion as NEXT_CHAMPION, what was pruned where it
is; whoever writes next does what lines have decided, and removes what no line has decided.
"""

from __future__ import annotations

import shutil
import tempfile
import time
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

from models.disk import sync, write
from models.entries import crowned, new_entry, pruned, registered
from models.layout import (
    CHAMPION,
    NEXT_CHAMPION,
    NEXT_VERSION,
    STAGING,
    content_of,
    folder_name,
    number_in,
    numbers_in,
    pointer_to,
    sha256_of,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from models.entries import Entry
    from models.history import Append, History

OLD: Final = 3600.0


class FolderWriter:
    """Writes into the folder of a store."""

    def __init__(self, folder: Path, log: History, before_history: Callable[[], Sequence[Entry]]) -> None:
        """``before_history`` gives the entries of a store that has no history yet."""
        self._folder, self._log, self._before_history = folder, log, before_history

    def register(self, files: Mapping[str, bytes]) -> int:
        """Keep the files of a new version under the next free number, and return it."""
        self._folder.mkdir(parents=True, exist_ok=True)
        staged = Path(tempfile.mkdtemp(prefix=STAGING, dir=self._folder))
        try:
            for name, content in files.items():
                write(staged / name, content)
            staged.chmod(0o755)
            sync(staged)
            return self._registered(staged, sha256_of(files["model.json"]))
        finally:
            shutil.rmtree(staged, ignore_errors=True)

    def commit(self, decide: Callable[[list[Entry]], Sequence[Entry]]) -> None:
        """Append what is decided by the entries there are, and do it."""
        with self._writing() as append:
            entries = decide(self._log.entries())
            if champion := crowned(entries):
                write(self._folder / NEXT_CHAMPION, pointer_to(champion))
                sync(self._folder)
            append(*entries)

    def settle(self) -> None:
        """Do what the history has decided and a killed process left undone."""
        if self._folder.is_dir():
            with self._writing():
                pass

    def pending(self, entries: Sequence[Entry]) -> dict[Path, Path]:
        """What the last line has decided and is not done yet: what to rename, and to what."""
        last: Entry = entries[-1] if entries else {"event": None}
        version, champion = self._folder / NEXT_VERSION, self._folder / NEXT_CHAMPION
        if last["event"] == "registered" and not (place := self._path(last["version"])).exists():
            return {version: place} if sha256_of(content_of(version / "model.json")) == last["sha256"] else {}
        if (number := crowned(entries[-1:])) and number_in(content_of(champion)) == number:
            return {champion: self._folder / CHAMPION}
        return {}

    def abandoned(self) -> list[Path]:
        """What killed processes left half staged more than an hour ago."""
        found: list[Path] = []
        for path in sorted(self._folder.glob(f"{STAGING}*")):
            with suppress(FileNotFoundError):  # a save that fails takes its own away at any moment
                found += [path] if path.stat().st_mtime < time.time() - OLD else []
        return found

    def begun(self) -> set[str]:
        """No folder of a version that is still being saved: those are staged under other names."""
        return set()

    @contextmanager
    def _writing(self) -> Iterator[Append]:
        with self._log.writing() as append:
            if not self._log.exists():
                append(*self._before_history())
            self._settle()
            yield append
            self._settle()

    def _registered(self, staged: Path, sha256: str) -> int:
        with self._writing() as append:
            for path in self.abandoned():
                shutil.rmtree(path, ignore_errors=True)
            number = max([*numbers_in(self._folder), *registered(self._log.entries())], default=0) + 1
            while self._path(number).exists():
                number += 1
            staged.rename(self._folder / NEXT_VERSION)
            sync(self._folder)
            append(new_entry("registered", number, sha256, datetime.now(UTC)))
        return number

    def _settle(self) -> None:
        entries = self._log.entries()
        for prepared, place in self.pending(entries).items():
            prepared.rename(place)
            sync(self._folder)
        for path in map(self._path, pruned(entries)):
            shutil.rmtree(path, ignore_errors=True)
        shutil.rmtree(self._folder / NEXT_VERSION, ignore_errors=True)
        (self._folder / NEXT_CHAMPION).unlink(missing_ok=True)

    def _path(self, number: int) -> Path:
        return self._folder / folder_name(number)
