"""Staging: files that appear whole or not at all, on a disk or on object storage."""

from __future__ import annotations

import hashlib
import os
import shutil
from contextlib import suppress
from typing import TYPE_CHECKING, Final, Literal, Self, TypeAlias

from data.errors import PublishError
from data.locks import exclusive
from data.object_path import ObjectPath
from data.uploads import upload

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path
    from types import TracebackType

    from data.places import Place

Kind: TypeAlias = Literal[
    "batch", "object", "page", "refusal", "seen", "replay", "differences",
    "input", "truth", "judged", "figures", "sheet", "table", "sign", "part",
]  # fmt: skip

LOCK: Final = ".lock"
KEPT: Final = "before-"


class Stage:
    """A folder in which files are made, then moved into place in the order they were asked for.

    It is beside targets on a disk, and on a disk of its own where they are objects.

    Leaving the `with` block without `publish` leaves nothing behind. One process at a time is on a stage of one name;
    what a killed one left on any stage is removed by whoever comes next.
    """

    def __init__(self, parent: Path, kind: Kind, name: str, waiting: Callable[[], object] = lambda: None) -> None:
        """A stage for a thing of this kind and name; ``waiting`` is called while another process is on it.

        Stages of two kinds never meet, nor a stage and a lock, whatever their names are.
        """
        self._parent = parent
        self._folder = parent / stage_name(kind, name)
        self._lock = exclusive(_lock_of(self._folder), waiting)
        self._waiting = waiting
        self._files: dict[Path, Place] = {}
        self._made = 0

    def __enter__(self) -> Self:
        """Wait for the stage, and clear it."""
        sweep(self._parent)
        self._lock.__enter__()
        shutil.rmtree(self._folder, ignore_errors=True)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        """Remove the folder and what was not published."""
        shutil.rmtree(self._folder, ignore_errors=True)
        self._lock.__exit__(None, None, None)

    def room(self) -> Path:
        """The stage's folder, for what is not to be published."""
        self._folder.mkdir(exist_ok=True)
        return self._folder

    def file(self, target: Place) -> Path:
        """Where to write what is to become the target; what was to become it before is given up."""
        staged = self.room() / f"{self._made}-{target.suffix}"
        self._made += 1
        self._files = {other: place for other, place in self._files.items() if place != target} | {staged: target}
        return staged

    def publish(self) -> None:
        """Force every file to the disk, then move each into place: all of them, or none.

        Readers see the old file or the new, whole. What can be known beforehand is looked at before the first is moved;
        where one cannot be moved all the same, those before it are put back. PublishError or OSError then. Objects are
        all sent before the first is seen; where a later one cannot be, none is put back.
        """
        objects = {staged: target for staged, target in self._files.items() if isinstance(target, ObjectPath)}
        if objects:
            upload(objects, self._waiting)
        _move(
            {staged: target for staged, target in self._files.items() if not isinstance(target, ObjectPath)},
            self.room(),
        )


def stage_name(kind: Kind, name: str) -> str:
    """What the folder of a stage is called; its lock adds LOCK."""
    return f"{kind}-{hashlib.sha256(os.fsencode(name)).hexdigest()[:32]}"


def sweep(parent: Path) -> None:
    """Remove what killed processes left on their stages, as far as this user may; what is in use stays."""
    found = parent.iterdir() if parent.is_dir() else ()
    for folder in _longest_first(_folder_of(path) for path in found):
        with suppress(OSError), exclusive(_lock_of(folder)):
            shutil.rmtree(folder, ignore_errors=True)


def _lock_of(folder: Path) -> Path:
    return folder.with_name(f"{folder.name}{LOCK}")


def _folder_of(path: Path) -> Path:
    """The folder a lock is for; a folder itself, whatever it is called."""
    return path if path.is_dir() else path.with_name(path.name.removesuffix(LOCK))


def _longest_first(folders: Iterable[Path]) -> list[Path]:
    # Earlier releases named stages after files: the folder of one may stand where the lock of a shorter one is.
    return sorted(set(folders), key=lambda folder: len(folder.name), reverse=True)


def _move(files: dict[Path, Path], room: Path) -> None:
    for staged, target in files.items():
        _prepare(target, room)
        _sync(staged)
    before = {target: _kept(target, room / f"{KEPT}{staged.name}") for staged, target in files.items()}
    moved: list[Path] = []
    try:
        for staged, target in files.items():
            staged.replace(target)
            moved.append(target)
    except BaseException:
        _put_back({target: before[target] for target in reversed(moved)})
        raise
    for folder in {target.parent for target in files.values()}:
        _sync(folder)


def _prepare(target: Path, stage: Path) -> None:
    """Make the folder of a target; PublishError where nothing can be moved there from the stage."""
    folder = target.parent
    folder.mkdir(parents=True, exist_ok=True)
    if target.is_dir():
        message = f"{target}: cannot be written; found a folder where a file is to be; move it away"
        raise PublishError(message)
    if not os.access(folder, os.W_OK | os.X_OK):
        message = f"{folder}: cannot be written to; found it read-only for this user; correct its permissions"
        raise PublishError(message)
    if folder.stat().st_dev != stage.stat().st_dev:
        message = f"{folder}: cannot be written to; found it on another file system than {stage.parent}"
        raise PublishError(f"{message}; have both on one")


def _kept(target: Path, place: Path) -> Path | None:
    """A second name for what stands at a target; None where nothing does."""
    with suppress(FileNotFoundError):
        try:
            os.link(target, place, follow_symlinks=False)
        except PermissionError:  # as file systems without such names say
            shutil.copy2(target, place)
        return place
    return None


def _put_back(before: dict[Path, Path | None]) -> None:
    for target, kept in before.items():
        with suppress(OSError):
            if kept is None:
                target.unlink()
            else:
                kept.replace(target)


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
