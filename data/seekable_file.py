"""A seekable file: the part of one that knows where the next byte is read, whatever the bytes come from."""

from __future__ import annotations

import io


class SeekableFile(io.RawIOBase):
    """A file to be read anywhere; who inherits it says its size and fills buffers from `_place` on."""

    def __init__(self) -> None:
        """Begin at the beginning."""
        self._place = 0

    @property
    def size(self) -> int:
        """How many bytes it has."""
        raise NotImplementedError

    def readable(self) -> bool:
        """It is."""
        return True

    def seekable(self) -> bool:
        """It is."""
        return True

    def tell(self) -> int:
        """Where the next byte is read."""
        return self._place

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Go to another place, and return it; ValueError before the beginning."""
        place = offset + {io.SEEK_SET: 0, io.SEEK_CUR: self._place}.get(whence, self.size)
        if place < 0:
            message = f"negative seek value {place}"
            raise ValueError(message)
        self._place = place
        return place
