"""The watch: a run whose Prefect server goes away, or falls silent, is ended with one line and not held by it."""

from __future__ import annotations

import os
import signal
import time
from contextlib import contextmanager
from threading import Event, Thread
from typing import TYPE_CHECKING, Final

from flows.cli.terminal import REFUSED, complain
from flows.jobs import stopping
from flows.runs import reach

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flows.runs.server import Server

EVERY: Final = 1.0  # seconds between two looks
STANDS: Final = "what is published stands, start again for the rest"


@contextmanager
def watched(own: Server | None, url: str) -> Iterator[None]:
    """End this process while the server it needs is gone or silent for longer than `reach.PATIENCE`.

    Args:
        own: The server this process has started; None where another is used.
        url: The address of its API.

    """
    over = Event()
    Thread(target=_watch, args=(own, url, over), daemon=True).start()
    try:
        yield
    finally:
        over.set()


def _watch(own: Server | None, url: str, over: Event) -> None:
    heard = time.monotonic()
    while not over.wait(EVERY):
        if own is not None and not own.alive():
            _give_up(over, f"the Prefect server ended; found {own.last_words}; {STANDS}")
        elif reach.answers(url):
            heard = time.monotonic()
        elif time.monotonic() - heard >= reach.PATIENCE:
            _give_up(over, f"the Prefect server went away; found no answer for {reach.PATIENCE:.0f} seconds; {STANDS}")


def _give_up(over: Event, text: str) -> None:
    """Say why, and end as by a signal, but with the status of a refusal."""
    if not over.is_set():
        over.set()
        complain(text)
        stopping.stop(REFUSED)
        os.kill(os.getpid(), signal.SIGTERM)
