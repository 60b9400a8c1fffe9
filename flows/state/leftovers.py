"""Leftovers: pages and caches of batches whose labels were taken away, and pages of versions that are gone."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from models.errors import ModelError
from models.store import ModelStore

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from flows.state.home import Home


def sweep_leftovers(home: Home) -> None:
    """Remove them, as far as this user may; labels, rejects, reports and truth stay."""
    with suppress(OSError, ModelError):
        for path in [*_of_batches(home), *_of_versions(home)]:
            with suppress(OSError):
                path.unlink()


def _of_batches(home: Home) -> Iterator[Path]:
    """Where there is no folder of labels at all, it may be a disk that is missing."""
    if not home.labels("any").parent.is_dir():
        return
    for place in (home.page, home.judged, home.input):
        example = place("any")
        for path in example.parent.glob(f"*{example.suffix}"):
            batch = path.stem.removeprefix("_")  # a batch's own name never begins with it
            if path != home.home_page and not home.labels(batch).exists():
                yield path


def _of_versions(home: Home) -> Iterator[Path]:
    for path in home.page("versions/any").parent.glob("*-*.html"):
        table, _, number = path.stem.rpartition("-")
        store = ModelStore(home.models(table))
        if store.folder.is_dir() and number.isdecimal() and int(number) not in store.versions():
            yield path
