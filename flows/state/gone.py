"""What is gone: pages, and what else is kept, of batches without labels and of versions without a folder."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from flows.state.home import HOME_PAGE, page_file
from flows.state.pages import VERSIONS, names_in

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from flows.state.home import Home

LABELS: Final = ".parquet"
INPUT: Final = ".json"
OF_A_VERSION: Final = re.compile(r"(?P<table>[a-z][a-z0-9_]*)-(?P<number>[0-9]{4,})\.html", re.ASCII)


def sweep_pages(home: Home) -> list[Path]:
    """Remove the pages of batches and versions that are gone, and return where they were.

    OSError where a folder cannot be read, or a page not be removed.
    """
    found = names_in(home.pages) - {HOME_PAGE}
    return _removed([*_without_labels(home, home.pages, found, page_file), *_without_version(home)])


def sweep_inputs(home: Home) -> list[Path]:
    """Forget where the inputs of batches that are gone were, and return what was removed; OSError as for pages."""
    folder = home.input("").parent
    return _removed(_without_labels(home, folder, names_in(folder, INPUT), lambda batch: f"{batch}{INPUT}"))


def _without_labels(home: Home, folder: Path, found: set[str], called: Callable[[str], str]) -> list[Path]:
    """Those of the files found that are called after no batch; each was made once there were labels of its own."""
    labels = names_in(home.labels("").parent, LABELS)
    return [folder / name for name in sorted(found - {called(name.removesuffix(LABELS)) for name in labels})]


def _without_version(home: Home) -> list[Path]:
    folder = home.pages / VERSIONS
    matches = filter(None, map(OF_A_VERSION.fullmatch, sorted(names_in(folder))))
    return [folder / each[0] for each in matches if not (home.models(each["table"]) / each["number"]).is_dir()]


def _removed(paths: list[Path]) -> list[Path]:
    for path in paths:
        path.unlink(missing_ok=True)
    return paths
