"""Stopping: how a run learns that it should end."""

from __future__ import annotations

import os
import signal
import socket
from contextlib import contextmanager
from threading import Event, Thread, Timer
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

GRACE: Final = 10.0  # seconds
ENDING: Final = (signal.SIGINT, signal.SIGTERM)
SIGNALLED: Final = 128
_stopped: Final = Event()
_statuses: Final[list[int]] = []


def stop(status: int = SIGNALLED + signal.SIGTERM) -> None:
    """Have the run end at its next chunk: Prefect works in a thread, which no signal reaches.

    What has not ended a while later, waiting for a server that has gone, say, ends there with the first status given.
    """
    _statuses.append(status)
    if not _stopped.is_set():
        _stopped.set()
        last = Timer(GRACE, os._exit, _statuses[:1])
        last.daemon = True
        last.start()


def check() -> None:
    """KeyboardInterrupt where the run should stop."""
    if _stopped.is_set():
        raise KeyboardInterrupt


def status() -> int | None:
    """The exit status of a run that was to stop, None where it was not."""
    return _statuses[0] if _statuses else None


@contextmanager
def following() -> Iterator[None]:
    """Stop at a signal whoever handles it: Prefect puts handlers of its own in the place of ours while a flow runs."""
    heard, written = socket.socketpair()
    written.settimeout(0)
    Thread(target=_follow, args=(heard,), daemon=True).start()
    before = signal.set_wakeup_fd(written.fileno(), warn_on_full_buffer=False)
    try:
        yield
    finally:
        signal.set_wakeup_fd(before)
        written.close()


def _follow(heard: socket.socket) -> None:
    with heard:
        while numbers := heard.recv(1):
            if numbers[0] in ENDING:
                stop(SIGNALLED + numbers[0])
