"""Staging: files that appear whole or not at all."""

from __future__ import annotations

import os
import shutil
from contextlib import suppress
from errno import EISDIR
from typing import TYPE_CHECKING, Final, Self

from data.errors import HeldError
from data.locks import exclusive

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path
    from types import TracebackType

LOCK: Final = ".lock"


class Stage:
    """A folder beside the targets in which files are made, then moved into place in the order they were asked for.

    Leaving the `with` block without `publish` leaves nothing behind. One process at a time is on a stage of one name;
    what a killed one left on any stage is removed by whoever comes next.
    """

    def __init__(self, parent: Path, name: str, waiting: Callable[[], object] = lambda: None) -> None:
        """A stage of this name in a folder of stages; ``waiting`` is called while another process is on it."""
        self._parent = parent
        self._lock = exclusive(parent / f"{name}{LOCK}", waiting)
        self._folder = parent / name
        self._files: dict[Path, Path] = {}
        self._made = 0

    def __enter__(self) -> Self:
        """Wait for the stage, and clear it."""
        self._lock.__enter__()
        try:
            sweep(self._parent)
            shutil.rmtree(self._folder, ignore_errors=True)
        except BaseException:
            self._lock.__exit__(None, None, None)
            raise
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        """Remove the folder and what was not published."""
        shutil.rmtree(self._folder, ignore_errors=True)
        self._lock.__exit__(None, None, None)

    def room(self) -> Path:
        """The stage's folder, for what is not to be published."""
        self._folder.mkdir(exist_ok=True)
        return self._folder

    def file(self, target: Path) -> Path:
        """Where to write what is to become the target; what was to become it before is given up."""
        staged = self.room() / f"{self._made}-{target.suffix}"
        self._made += 1
        self._files = {other: place for other, place in self._files.items() if place != target} | {staged: target}
        return staged

    def publish(self) -> None:
        """Force every file to the disk, then move each into place; readers see the old file or the new, whole."""
        for staged, target in self._files.items():
            target.parent.mkdir(parents=True, exist_ok=True)
            if target.is_dir():
                raise IsADirectoryError(EISDIR, "a folder stands where a file is to be", str(target))
            _sync(staged)
        for staged, target in self._files.items():
            staged.replace(target)
        for folder in {target.parent for target in self._files.values()}:
            _sync(folder)


def sweep(parent: Path) -> None:
    """Remove what killed processes left on their stages."""
    found = sorted(parent.iterdir()) if parent.is_dir() else []
    for name in dict.fromkeys(path.name.removesuffix(LOCK) for path in found):
        with suppress(HeldError), exclusive(parent / f"{name}{LOCK}"):
            shutil.rmtree(parent / name, ignore_errors=True)


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
