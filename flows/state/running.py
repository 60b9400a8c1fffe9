"""Running: which flow runs of a home are running, each shown by what the process that runs it holds, and renews."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from data.held import given_up, held, is_held
from data.places import states

if TYPE_CHECKING:
    from collections.abc import Iterator
    from contextlib import AbstractContextManager

    from flows.state.home import Home

ENDING: Final = ".run"


def running(home: Home, run: str) -> AbstractContextManager[None]:
    """Show that this run is running for as long as this process lives; HeldError where another process shows it."""
    return held(home.runs / f"{run}{ENDING}")


def is_running(home: Home, run: str) -> bool:
    """Whether a run has shown that it is running, and has not ended since."""
    return is_held(home.runs / f"{run}{ENDING}")


def vanished(home: Home) -> Iterator[str]:
    """The runs whose process has ended without a word, each named once."""
    for name in sorted(name for name, _ in states(home.runs) if name.endswith(ENDING)):
        if given_up(home.runs / name):
            yield name.removesuffix(ENDING)
            (home.runs / name).unlink(missing_ok=True)
