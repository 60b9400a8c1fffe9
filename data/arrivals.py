"""The inbox: a folder that others put files into, and which of those have arrived whole."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Final

from data.errors import SourceError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

UNFINISHED: Final = (".part", ".tmp", ".partial", ".crdownload", ".filepart", "~")


def arrivals(
    folder: Path, quiet: float, *, now: Callable[[], float] = time.time, sleep: Callable[[float], None] = time.sleep
) -> tuple[list[Path], list[Path]]:
    """The files in an inbox that have arrived whole, and those still being written, both in order of their names.

    Still being written is what says so by its name (hidden, `.part`, `.tmp`) and what changes while it is watched: a
    file touched less than ``quiet`` seconds ago is looked at again after as long. SourceError where there is no inbox.
    """
    if not folder.is_dir():
        message = f"{folder}: no such inbox; found no folder at that path; make it, or name another"
        raise SourceError(message)
    files = sorted(path for path in folder.iterdir() if path.is_file() and not path.name.startswith("."))
    before = {path: _touched(path) for path in files if not path.name.lower().endswith(UNFINISHED)}
    recent = [path for path, touched in before.items() if touched is None or touched[-1] > now() - quiet]
    if recent:
        sleep(quiet)
    moving = {path for path in recent if before[path] is None or _touched(path) != before[path]}
    return [path for path in before if path not in moving], [
        path for path in files if path in moving or path not in before
    ]


def _touched(path: Path) -> tuple[int, int, float] | None:
    """Size, time of the bytes and time of the last touch (which no copy sets back); None for one that has gone."""
    try:
        state = path.stat()
    except OSError:
        return None
    return state.st_size, state.st_mtime_ns, state.st_ctime
