"""Seen: files of an inbox that were found labelled, known again by their stamps, so that none is read every night.

The ledger is the labels file; this only spares opening it. What is missing, or has another stamp, is looked at in full.
"""

from __future__ import annotations

import json
import os
import time
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from data.files import batch_name
from data.places import states
from data.staging import Stage
from models.disk import read

if TYPE_CHECKING:
    from data.object_path import ObjectPath, State
    from data.places import Place
    from flows.state.home import Home

SETTLED: Final = 2 * 10**9  # nanoseconds: a file changed again at once may keep its time
LARGEST: Final = 1 << 28


@dataclass
class Seen:
    """The stamps of files and of what was made from each, and the model that did."""

    home: Home
    before: dict[str, Any] = field(default_factory=dict)
    now: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Name the folders of results once."""
        places = (self.home.labels(""), self.home.rejects(""), self.home.report(""))
        self._folders = [place.parent for place in places]
        self._listed: dict[ObjectPath, dict[str, list[int]]] = {}

    @classmethod
    def of(cls, home: Home) -> Seen:
        """What was kept of the runs before; nothing where that cannot be read."""
        with suppress(OSError, ValueError, RecursionError):
            kept = json.loads(read(home.seen, LARGEST))
            pairs = kept.items() if isinstance(kept, dict) else ()
            return cls(home, {name: pair for name, pair in pairs if isinstance(pair, list) and len(pair) == 2})  # noqa: PLR2004
        return cls(home)

    def stands(self, path: Place, model: str | None = None) -> bool:
        """Whether a file and its results are what they were when it was found labelled; by this model, where named."""
        kept = self.before.get(str(path))
        if kept is None or kept != [self._stamps(path), kept[-1]] or (model and kept[-1] != model):
            return False
        self.now[str(path)] = kept
        return True

    def add(self, path: Place, model: str) -> None:
        """A file that was found labelled by this model."""
        stamps = self._stamps(path)
        if stamps and max(changed for *_, changed, _ in stamps) < time.time_ns() - SETTLED:
            self.now[str(path)] = [stamps, model]

    def keep(self) -> None:
        """Keep what was seen in this run, and nothing else; on a disk that cannot be written the next looks again."""
        if self.now == self.before:
            return
        with suppress(OSError), Stage(self.home.staging, "seen", "") as stage:
            stage.file(self.home.seen).write_text(json.dumps(self.now), encoding="utf-8", errors="surrogateescape")
            stage.publish()

    def _stamps(self, path: Place) -> list[list[int]]:
        """The stamps of a file and its results; none where one of them is missing."""
        batch = batch_name(path.name)
        try:
            return [_stamp(path), *(self._stamp_of_results(folder, f"{batch}.parquet") for folder in self._folders)]
        except OSError:
            return []

    def _stamp_of_results(self, folder: Place, name: str) -> list[int]:
        """Of many objects, to list them all takes less than to ask for each."""
        if isinstance(folder, Path):
            return _stamp(folder / name)
        if folder not in self._listed:
            self._listed[folder] = {each: _numbers(state) for each, state in states(folder)}
        return self._listed[folder].get(name) or _stamp(folder / name)


def _stamp(path: Place) -> list[int]:
    # There may be very many files, and `Path.stat` takes twice as long.
    return _numbers(os.stat(path) if isinstance(path, Path) else path.stat())  # noqa: PTH116


def _numbers(state: os.stat_result | State) -> list[int]:
    """Size, times of the bytes and of any change, number: no program sets all of them back."""
    return [state.st_size, state.st_mtime_ns, state.st_ctime_ns, state.st_ino]
