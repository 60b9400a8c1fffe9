"""Stopping: how a run learns that it should end."""

from __future__ import annotations

import os
from threading import Event, Timer
from typing import Final

GRACE: Final = 15.0  # seconds
_stopped: Final = Event()


def stop(status: int = 143) -> None:
    """Have the run end at its next chunk: Prefect works in a thread, which no signal reaches.

    What has not ended a while later, waiting for a server that has gone, say, ends there with this status.
    """
    if not _stopped.is_set():
        _stopped.set()
        last = Timer(GRACE, os._exit, (status,))
        last.daemon = True
        last.start()


def check() -> None:
    """KeyboardInterrupt where the run should stop."""
    if _stopped.is_set():
        raise KeyboardInterrupt
