"""Locks: a file that one process holds at a time, and that shows whether whoever made it is still running."""

from __future__ import annotations

import fcntl
import os
import time
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Final

from data.errors import HeldError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

PAUSE: Final = 0.05


@contextmanager
def exclusive(path: Path, waiting: Callable[[], object] | None = None) -> Iterator[None]:
    """Hold a lock file, which is gone afterwards; the lock goes with the process, however that ends.

    HeldError where another holds it; or, with ``waiting``, wait for it and call that again and again meanwhile.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    while (handle := _taken(path)) is None:
        if waiting is None:
            message = f"{path}: held by another run; found it running; wait until it has ended"
            raise HeldError(message)
        waiting()
        time.sleep(PAUSE)
    try:
        yield
    finally:
        with suppress(OSError):
            path.unlink()
        os.close(handle)


def _taken(path: Path) -> int | None:
    """A handle that holds the lock; None where another has it, or has just taken the file away with it."""
    handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        if os.fstat(handle).st_ino == path.stat().st_ino:
            return handle
    except (BlockingIOError, FileNotFoundError):
        pass
    except BaseException:
        os.close(handle)
        raise
    os.close(handle)
    return None
