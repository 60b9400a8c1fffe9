"""Running: which flow runs of a home are running, each shown by a lock that goes with the process that holds it."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Final

from data.errors import HeldError
from data.locks import exclusive

if TYPE_CHECKING:
    from collections.abc import Iterator
    from contextlib import AbstractContextManager

    from flows.state.home import Home

ENDING: Final = ".run"


def running(home: Home, run: str) -> AbstractContextManager[None]:
    """Show that this run is running for as long as this process lives; HeldError where another process shows it."""
    return exclusive(home.runs / f"{run}{ENDING}")


def is_running(home: Home, run: str) -> bool:
    """Whether a run has shown that it is running, and has not ended since."""
    return (home.runs / f"{run}{ENDING}").exists()


def vanished(home: Home) -> Iterator[str]:
    """The runs whose process has ended without a word, each named once."""
    for path in sorted(home.runs.glob(f"*{ENDING}")):
        with suppress(HeldError), exclusive(path):
            yield path.name.removesuffix(ENDING)
