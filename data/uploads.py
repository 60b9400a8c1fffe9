"""Uploads: files of a disk that become objects in a given order, once all of them have been sent.

Nobody sees any of an object before the last of it is there. What a killed process has sent and never completed is seen
by nobody either, and paid for until `sweep_uploads` gives it up.
"""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from data.object_store import asking, store_of
from data.places import same_bytes

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

    from data.object_path import ObjectPath

PIECE: Final = 5 << 20  # bytes, the fewest that a store takes; it takes 10,000 of them
AT_ONCE: Final = 4  # pieces of one file
PAUSE: Final = 0.1  # seconds
OLD: Final = timedelta(days=1)
KINDS: Final = {".html": "text/html; charset=utf-8", ".json": "application/json"}


class _GivenUpError(Exception):
    """Another of the files could not be sent."""


def upload(files: Mapping[Path, ObjectPath], each: Callable[[], object] = lambda: None) -> None:
    """Send all files, then make each visible after the one before it; what the first fault says, where there is one.

    None becomes visible before all are sent. Where one cannot be made visible, those before it stay. ``each`` is called
    for every piece, and may end it by an exception.
    """
    turns = _Turns(len(files))
    with ThreadPoolExecutor(max(1, len(files))) as pool:
        sent = [pool.submit(_send, place, path, turns, at) for at, (path, place) in enumerate(files.items())]
        try:
            while wait(sent, timeout=PAUSE).not_done:
                each()
        except BaseException:
            turns.give_up()
            raise
    faults = [fault for each in sent if (fault := each.exception())]
    for fault in sorted(faults, key=lambda each: isinstance(each, _GivenUpError)):
        raise fault


class _Turns:
    """Whose turn it is to become visible: nobody's, until all are sent."""

    def __init__(self, count: int) -> None:
        self._missing, self._next, self._failed = count, 0, False
        self._changed = threading.Condition()

    def wait(self, at: int) -> None:
        """Have sent everything, and wait for one's turn."""
        with self._changed:
            self._missing -= 1
            self._changed.notify_all()
            self._changed.wait_for(lambda: self._failed or (not self._missing and self._next == at))
            self.check()

    def check(self) -> None:
        """_GivenUpError where another could not be sent."""
        if self._failed:
            raise _GivenUpError

    def give_up(self) -> None:
        """Have all end without having become visible."""
        with self._changed:
            self._failed = True
            self._changed.notify_all()

    def done(self) -> None:
        """Hand the turn on."""
        with self._changed:
            self._next += 1
            self._changed.notify_all()


def _send(place: ObjectPath, path: Path, turns: _Turns, at: int) -> None:
    try:
        try:
            _put(place, path, turns, at)
        except OSError:
            if not _arrived(place, path):  # the answer may have been lost, and a second asking was of what is done
                raise
    except BaseException:
        turns.give_up()
        raise
    turns.done()


def _put(place: ObjectPath, path: Path, turns: _Turns, at: int) -> None:
    """Send a file, in pieces where it has several, and make it visible."""
    import obstore

    size = path.stat().st_size
    content = _pieces(path, turns, at) if size > PIECE else b"".join(_pieces(path, turns, at))
    kind = KINDS.get(place.suffix)
    options: dict[str, Any] = {"chunk_size": PIECE, "max_concurrency": AT_ONCE, "use_multipart": size > PIECE}
    with asking(str(place)):
        obstore.put(
            store_of(place.root), place.key, content, attributes={"Content-Type": kind} if kind else None, **options
        )


def _pieces(path: Path, turns: _Turns, at: int) -> Iterator[bytes]:
    with path.open("rb") as file:
        while piece := file.read(PIECE):
            turns.check()
            yield piece
    turns.wait(at)


def _arrived(place: ObjectPath, path: Path) -> bool:
    try:
        return path.is_file() and same_bytes(path, place)
    except OSError:
        return False


def sweep_uploads(folder: ObjectPath) -> None:
    """Give up uploads below a folder that were begun more than a day ago, as far as the store and its rights allow.

    That is an act of S3 alone, which obstore has none for; elsewhere the store's own rules see to it.
    """
    if folder.root.startswith("s3://"):
        with suppress(Exception):  # whatever it is: what is left there is in nobody's way
            _sweep(folder)


def _sweep(folder: ObjectPath) -> None:
    import boto3

    client = boto3.client("s3")
    bucket = folder.root.partition("://")[2]
    pages = client.get_paginator("list_multipart_uploads").paginate(Bucket=bucket, Prefix=f"{folder.key}/".lstrip("/"))
    for each in (each for page in pages for each in page.get("Uploads", ())):
        if each["Initiated"] < datetime.now(UTC) - OLD:
            client.abort_multipart_upload(Bucket=bucket, Key=each["Key"], UploadId=each["UploadId"])
