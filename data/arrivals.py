"""The inbox: a folder that others put files into, and which of those have arrived whole."""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import TYPE_CHECKING, Final

from data.errors import SourceError
from data.files import PARTITION, SHOWN, check_folder
from data.object_path import ObjectPath

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from data.object_path import State
    from data.places import Place

UNFINISHED: Final = (".part", ".tmp", ".partial", ".crdownload", ".filepart", "~")


def arrivals(
    folder: Place, quiet: float, *, now: Callable[[], float] = time.time, sleep: Callable[[float], None] = time.sleep
) -> tuple[list[Place], list[Place]]:
    """The files in an inbox that have arrived whole, and those still being written, both in order of their names.

    Still being written is what says so by its name (hidden, `.part`, `.tmp`) and what changes while it is watched: a
    file touched less than ``quiet`` seconds ago is looked at again after as long. SourceError where there is no inbox.
    An object is whole as soon as it is there.
    """
    if isinstance(folder, ObjectPath):
        objects: list[Place] = [path for path, state in _objects(folder) if state]
        unfinished = [path for path in objects if _unfinished(path.name)]
        return [path for path in objects if path not in unfinished], unfinished
    if not folder.is_dir():
        message = f"{folder}: no such inbox; found no folder at that path; make it, or name another"
        raise SourceError(message)
    files: list[Place] = [
        folder / each.name for each in _entries(folder) if not _leads_out(each, folder) and each.is_file()
    ]
    before = {path: _touched(path) for path in files if not _unfinished(path.name)}
    recent = [path for path, touched in before.items() if touched is None or touched[-1] > now() - quiet]
    if recent:
        sleep(quiet)
    moving = {path for path in recent if before[path] is None or _touched(path) != before[path]}
    return [path for path in before if path not in moving], [
        path for path in files if path in moving or path not in before
    ]


def misplaced(folder: Place) -> Iterator[tuple[Place, SourceError]]:
    """What lies in an inbox and is never read there, and why: links that lead out of it, tables in several parts."""
    if isinstance(folder, ObjectPath):
        parts = [path for path, state in _objects(folder) if not state and PARTITION.fullmatch(path.name)]
        yield from ((path, _part(path)) for path in parts)
        return
    for each in _entries(folder):
        path = folder / each.name
        if _leads_out(each, folder):
            target = os.readlink(path)  # noqa: PTH115  as it is written
            message = f"{path}: a link that leads out of the inbox; found {target[:SHOWN]!r}; put the file itself there"
            yield path, SourceError(message)
        elif each.is_dir() and PARTITION.fullmatch(each.name):
            yield path, _part(path)
        elif each.is_dir():
            try:
                check_folder(path)
            except SourceError as error:
                yield path, error
            except OSError:  # a folder is not looked into
                continue


def names(folder: Place) -> list[str]:
    """What an inbox holds by its names alone: neither hidden nor said to be unfinished."""
    if isinstance(folder, ObjectPath):
        return [path.name for path, _ in _objects(folder) if not _unfinished(path.name)]
    return [each.name for each in _entries(folder) if not _unfinished(each.name)]


def _objects(folder: ObjectPath) -> list[tuple[ObjectPath, State | None]]:
    return [(path, state) for path, state in folder.entries() if not path.name.startswith(".")]


def _part(path: Place) -> SourceError:
    message = f"{path}: a part of a table; found a folder of one of its parts; put the table there as one file"
    return SourceError(message)


def _unfinished(name: str) -> bool:
    return name.lower().endswith(UNFINISHED)


def _entries(folder: Path) -> list[os.DirEntry[str]]:
    with os.scandir(folder) as found:
        return sorted((each for each in found if not each.name.startswith(".")), key=lambda each: each.name)


def _leads_out(entry: os.DirEntry[str], folder: Path) -> bool:
    """Whether it is a link to what is not in this folder, or is not there."""
    if not entry.is_symlink():
        return False
    try:
        return not Path(entry.path).resolve(strict=True).is_relative_to(folder.resolve())
    except (OSError, RuntimeError):  # which some versions raise for a link to itself
        return True


def _touched(path: Place) -> tuple[int, int, float] | None:
    """Size, time of the bytes and time of the last touch (which no copy sets back); None for one that has gone."""
    try:
        state = path.stat()
    except OSError:
        return None
    return state.st_size, state.st_mtime_ns, state.st_ctime
