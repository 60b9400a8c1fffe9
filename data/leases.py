"""Leases: a place on object storage that one process has at a time, for as long as it renews it.

A lease is a courtesy: it spares two runs the same work. It cannot promise that there are no two. A process that is
stopped for longer than the lease lasts, or whose network is, does not know that another has it by now; nor does one
whose clock is off by as much. So nothing that is written may depend on it: what two runs make of the same input and
model are the same bytes, and what decides is a conditional write.
"""

from __future__ import annotations

import json
import os
import socket
import threading
import time
from contextlib import contextmanager, suppress
from secrets import token_hex
from typing import TYPE_CHECKING, Any, Final

from data.errors import HeldError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from data.object_path import ObjectPath

SECONDS: Final = 60.0
RENEWALS: Final = 3  # while it lasts


@contextmanager
def lease(place: ObjectPath, seconds: float = SECONDS) -> Iterator[None]:
    """Have a lease, renewed until the end of the block; HeldError where another has it."""
    owner = f"{socket.gethostname()}:{os.getpid()} {token_hex(8)}"
    _take(place, owner, seconds)
    ended = threading.Event()
    renewing = threading.Thread(target=_renew, args=(place, owner, seconds, ended), daemon=True)
    renewing.start()
    try:
        yield
    finally:
        ended.set()
        renewing.join()
        with suppress(OSError):
            if _swap(place, owner, 0.0):
                place.unlink()


def is_leased(place: ObjectPath) -> bool:
    """Whether a process has a lease, as far as the clocks of both agree."""
    try:
        return _said(place.read_bytes())[1] > time.time()
    except FileNotFoundError:
        return False


def _take(place: ObjectPath, owner: str, seconds: float) -> None:
    try:
        content, tag = place.get()
    except FileNotFoundError:
        taken = place.create(_content(owner, seconds))
    else:
        holder, until = _said(content)
        if until > time.time():
            message = f"{place}: held by another run, {holder.partition(' ')[0]}; found it renewed"
            raise HeldError(f"{message}; wait until it has ended, or for {until - time.time():.0f} s")
        taken = place.swap(_content(owner, seconds), tag)
    if not taken:
        message = f"{place}: held by another run; found that it came first; wait until it has ended"
        raise HeldError(message)


def _renew(place: ObjectPath, owner: str, seconds: float, ended: threading.Event) -> None:
    """Until it has ended or is another's: then there is nothing to renew, and the work goes on."""
    while not ended.wait(seconds / RENEWALS):
        with suppress(OSError):
            if not _swap(place, owner, seconds):
                return


def _swap(place: ObjectPath, owner: str, seconds: float) -> bool:
    """Whether a lease of this owner was renewed, or given back."""
    content, tag = place.get()
    return _said(content)[0] == owner and place.swap(_content(owner, seconds), tag)


def _content(owner: str, seconds: float) -> bytes:
    return json.dumps({"owner": owner, "until": time.time() + seconds if seconds else 0.0}).encode()


def _said(content: bytes) -> tuple[str, float]:
    """Whose a lease is, and until when; nobody's where it says neither."""
    with suppress(ValueError, TypeError, KeyError):
        said: Any = json.loads(content)
        return str(said["owner"]), float(said["until"])
    return "", 0.0
