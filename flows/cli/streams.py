"""Streams: where the program prints, which may be full, closed, or unable to write a letter."""

from __future__ import annotations

import io
import os
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final, TextIO

if TYPE_CHECKING:
    from collections.abc import Iterator

STANDARD: Final = 3  # file descriptors: stdin, stdout, stderr
WIDEST: Final = 10_000  # columns that a terminal may be said to have


class Stream(io.TextIOBase):
    """A stream that notes why it cannot be written to, so that the work goes on and its end says so."""

    def __init__(self, stream: TextIO | None) -> None:
        """On a stream of this process; None for one that was closed when it started."""
        self.fault = None if stream else "it is closed"
        self._stream = stream or io.StringIO()
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")

    def write(self, text: str) -> int:
        """Write a text, or note why not."""
        with self._noting():
            self._stream.write(text)
        return len(text)

    def flush(self) -> None:
        """Write what waits, or note why not."""
        with self._noting():
            self._stream.flush()

    def isatty(self) -> bool:
        """Whether it is a terminal."""
        return self._stream.isatty()

    def fileno(self) -> int:
        """Its file descriptor."""
        return self._stream.fileno()

    @contextmanager
    def _noting(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            self.fault = self.fault or error.strerror or type(error).__name__
            # What waits would be tried again when the interpreter ends, which would have the last word.
            nowhere = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nowhere, self._stream.fileno())
            os.close(nowhere)


def prepare() -> None:
    """Open what is closed, or a file would be opened in its place; forget a width that no terminal has."""
    while (number := os.open(os.devnull, os.O_RDWR)) < STANDARD:
        os.set_inheritable(number, True)  # noqa: FBT003  its one parameter
    os.close(number)
    width = os.environ.get("COLUMNS", "")
    if not (width.isdecimal() and 0 < int(width[:9]) <= WIDEST):
        os.environ.pop("COLUMNS", None)
