"""Leftovers: pages and caches of batches whose labels were taken away, pages of versions that are gone, old parts."""

from __future__ import annotations

import time
from contextlib import suppress
from typing import TYPE_CHECKING, Final

from models.errors import ModelError
from models.store import ModelStore

if TYPE_CHECKING:
    from collections.abc import Iterator

    from data.places import Place
    from flows.state.home import Home


DAY: Final = 86_400.0  # seconds: no run takes as long over a part


def sweep_leftovers(home: Home) -> None:
    """Remove them, as far as this user may; labels, rejects, reports and truth stay."""
    with suppress(OSError, ModelError):
        for path in [*_of_batches(home), *_of_versions(home), *_of_parts(home)]:
            with suppress(OSError):
                path.unlink()


def _of_batches(home: Home) -> Iterator[Place]:
    """Where there is no folder of labels at all, it may be a disk that is missing."""
    made = [path for place in (home.page, home.judged, home.input) for path in _beside(place("any"))]
    labelled = {path.stem for path in _beside(home.labels("any"))}  # looked at last: what is made has labels by then
    if not home.labels("any").parent.is_dir():
        return
    for path in made:
        batch = path.stem.removeprefix("_")  # a batch's own name never begins with it
        if batch not in labelled and path != home.home_page and not home.labels(batch).exists():
            yield path


def _beside(example: Place) -> Iterator[Place]:
    """The files of this one's kind, in its folder."""
    yield from example.parent.glob(f"*{example.suffix}")


def _of_versions(home: Home) -> Iterator[Place]:
    pages = [(path, *path.stem.rpartition("-")) for path in _beside(home.page("versions/any"))]
    store = ModelStore(home.models)
    there = store.versions() if store.folder.is_dir() else None
    for path, table, _, number in pages:
        if table == store.folder.name and number.isdecimal() and there is not None and int(number) not in there:
            yield path


def _of_parts(home: Home) -> Iterator[Place]:
    """What runs that were killed have left of files that workers share."""
    for path in home.parts.iterdir() if home.parts.exists() else ():
        if time.time() - path.stat().st_mtime > DAY:
            yield path
