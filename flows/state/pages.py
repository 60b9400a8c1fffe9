"""Pages as files: what they are called, and which there are."""

from __future__ import annotations

import os
from contextlib import suppress
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from pathlib import Path

ENDING: Final = ".html"
VERSIONS: Final = "versions"


def version_file(table: str, number: int) -> str:
    """What the page of a version is called, in the folder VERSIONS of the pages.

    >>> version_file("wine", 1)
    'wine-0001.html'
    """
    return f"{table}-{number:04}{ENDING}"


def names_in(folder: Path, ending: str = ENDING) -> set[str]:
    """The names of the files of one ending in a folder; none where there is no such folder."""
    with suppress(FileNotFoundError), os.scandir(folder) as entries:
        return {entry.name for entry in entries if entry.name.endswith(ending)}
    return set()
