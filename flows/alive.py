"""Alive: which flow runs of a home are under way, told by a lock each that goes with the process that holds it."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Final

from data.locks import HeldError, exclusive

if TYPE_CHECKING:
    from collections.abc import Iterator
    from contextlib import AbstractContextManager

    from flows.home import Home

ENDING: Final = ".run"


def alive(home: Home, run: str) -> AbstractContextManager[None]:
    """Show that this run is under way, for as long as this process lives; HeldError where another process says so."""
    return exclusive(home.runs / f"{run}{ENDING}")


def shown(home: Home, run: str) -> bool:
    """Whether a run has shown that it is under way, and has not ended since."""
    return (home.runs / f"{run}{ENDING}").exists()


def dead(home: Home) -> Iterator[str]:
    """The runs whose process has gone without a word, each told once."""
    for path in sorted(home.runs.glob(f"*{ENDING}")):
        with suppress(HeldError), exclusive(path):
            yield path.name.removesuffix(ENDING)
