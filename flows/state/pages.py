"""Pages as files: what they are called, and which there are."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Final

from data.object_path import ObjectPath
from data.places import relative, states

if TYPE_CHECKING:
    from data.places import Place
    from flows.state.home import Home

ENDING: Final = ".html"
VERSIONS: Final = "versions"


def version_file(table: str, number: int) -> str:
    """What the page of a version is called, in the folder VERSIONS of the pages.

    >>> version_file("wine", 1)
    'wine-0001.html'
    """
    return f"{table}-{number:04}{ENDING}"


def readable(page: Place, home: Home) -> Path:
    """Where a browser finds a page: where it is, or a copy of all pages on this machine where that is no disk."""
    if isinstance(page, Path):
        return page
    assert isinstance(home.pages, ObjectPath)
    copies = home.disk / "data" / "pages"
    for place, state in home.pages.walk():
        copy = copies / relative(place, home.pages)
        if not copy.exists() or copy.stat().st_mtime_ns != state.st_mtime_ns or copy.stat().st_size != state.st_size:
            copy.parent.mkdir(parents=True, exist_ok=True)
            copy.write_bytes(place.read_bytes())
            os.utime(copy, ns=(state.st_mtime_ns, state.st_mtime_ns))
    return copies / relative(page, home.pages)


def names_in(folder: Place, ending: str = ENDING) -> set[str]:
    """The names of the files of one ending in a folder; none where there is no such folder."""
    return {name for name, _ in states(folder) if name.endswith(ending)}
