"""A verified file: read anywhere, every piece of it held against the sha256 that was taken of the whole."""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from data.errors import MovingError
from data.seekable_file import SeekableFile

if TYPE_CHECKING:
    from collections.abc import Callable

    from data.places import Place

PIECE: Final = 1 << 19  # bytes
KEPT: Final = 32  # pieces: as many as the columns of a Parquet file, which are read in turns


@dataclass(frozen=True, eq=False)
class Digest:
    """The sha256 of a file, and how far it had come at the end of each piece."""

    sha256: str
    size: int
    states: tuple[Any, ...]  # hash objects: one more than there are pieces

    def holds(self, number: int, piece: bytes) -> bool:
        """Whether these are the bytes that were hashed as the piece of this number."""
        if number + 1 >= len(self.states):
            return not piece
        state = self.states[number].copy()
        state.update(piece)
        return bool(state.digest() == self.states[number + 1].digest())


def digest_of(path: Place, each: Callable[[], object] = lambda: None) -> Digest:
    """The digest of a file; ``each`` is called for every piece of it, and may end it by an exception."""
    state = hashlib.sha256()
    states, size = [state.copy()], 0
    with path.open("rb", buffering=0) as file:
        while piece := _read(file, PIECE):
            state.update(piece)
            states.append(state.copy())
            size += len(piece)
            each()
    return Digest(state.hexdigest(), size, tuple(states))


class VerifiedFile(SeekableFile):
    """A file that gives the bytes its digest was taken of, or none; MovingError where it has others by now."""

    def __init__(self, path: Place, name: str, digest: Digest) -> None:
        """Open a file; ``name`` is what it is called where it is refused."""
        super().__init__()
        self._file = path.open("rb", buffering=0)
        self._name = name
        self._digest = digest
        self._pieces: OrderedDict[int, bytes] = OrderedDict()

    @property
    def size(self) -> int:
        """How many bytes it had when it was hashed."""
        return self._digest.size

    def readinto(self, buffer: Any) -> int:
        """Fill a buffer as far as the file goes on, a piece at the most; how many bytes that were."""
        number, start = divmod(self._place, PIECE)
        part = memoryview(self._piece(number))[start : start + len(buffer)]
        buffer[: len(part)] = part
        self._place += len(part)
        return len(part)

    def read(self, size: int | None = -1) -> bytes:
        """So many bytes, fewer only where the file ends; all that are left for none or a negative number."""
        end = self._digest.size if size is None or size < 0 else self._place + size
        parts = []
        while self._place < end:
            number, start = divmod(self._place, PIECE)
            part = memoryview(self._piece(number))[start : start + end - self._place]
            if not len(part):
                break
            parts.append(part)
            self._place += len(part)
        return b"".join(parts)

    def close(self) -> None:
        """Close the file."""
        self._file.close()
        super().close()

    def _piece(self, number: int) -> bytes:
        if number in self._pieces:
            self._pieces.move_to_end(number)
            return self._pieces[number]
        self._file.seek(number * PIECE)
        piece = _read(self._file, PIECE)
        if not self._digest.holds(number, piece):
            message = f"{self._name}: changed while it was read; found other bytes than were hashed; run again"
            raise MovingError(message)
        self._pieces[number] = piece
        if len(self._pieces) > KEPT:
            self._pieces.popitem(last=False)
        return piece


def _read(file: Any, size: int) -> bytes:
    """So many bytes, fewer only where the file ends."""
    piece: bytes = file.read(size)
    while piece and len(piece) < size and (more := file.read(size - len(piece))):
        piece += more
    return piece
