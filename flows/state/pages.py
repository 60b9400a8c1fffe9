"""Pages as files: which there are, and those of batches and versions that are gone."""

from __future__ import annotations

import os
import re
from contextlib import suppress
from typing import TYPE_CHECKING, Final

from flows.state.home import HOME_PAGE, page_file

if TYPE_CHECKING:
    from pathlib import Path

    from flows.state.home import Home

ENDING: Final = ".html"
RESULTS: Final = ".parquet"
VERSIONS: Final = "versions"
OF_A_VERSION: Final = re.compile(r"(?P<table>[a-z][a-z0-9_]*)-(?P<number>[0-9]{4,})\.html", re.ASCII)


def names_in(folder: Path, ending: str = ENDING) -> set[str]:
    """The names of the files of one ending in a folder; none where there is no such folder."""
    with suppress(FileNotFoundError), os.scandir(folder) as entries:
        return {entry.name for entry in entries if entry.name.endswith(ending)}
    return set()


def version_file(table: str, number: int) -> str:
    """What the page of a version is called, in the folder VERSIONS of the pages.

    >>> version_file("wine", 1)
    'wine-0001.html'
    """
    return f"{table}-{number:04}{ENDING}"


def sweep_pages(home: Home) -> list[Path]:
    """Remove the pages of batches and versions that are gone, and return where they were.

    OSError where a folder cannot be read, or a page not be removed.
    """
    gone = [*_of_batches(home), *_of_versions(home)]
    for page in gone:
        page.unlink(missing_ok=True)
    return gone


def _of_batches(home: Home) -> list[Path]:
    found = names_in(home.pages)  # before the labels: a page is drawn of what is there
    labels = names_in(home.labels("").parent, RESULTS)
    there = {page_file(name.removesuffix(RESULTS)) for name in labels}
    return [home.pages / name for name in sorted(found - there - {HOME_PAGE})]


def _of_versions(home: Home) -> list[Path]:
    folder = home.pages / VERSIONS
    matches = filter(None, map(OF_A_VERSION.fullmatch, sorted(names_in(folder))))
    return [folder / each[0] for each in matches if not (home.models(each["table"]) / each["number"]).is_dir()]
