"""A joined Parquet file: the row groups of others, one after the other, as one writer would have written them.

The bytes of row groups do not depend on where they stand; what says where they stand is in the footer, which is written
here: https://github.com/apache/parquet-format/blob/master/src/main/thrift/parquet.thrift
"""

from __future__ import annotations

import os
import struct
from typing import IO, TYPE_CHECKING, Final

from data.thrift import LIST, STRUCT, Typed, read_typed
from data.thrift_writer import write_struct

if TYPE_CHECKING:
    from collections.abc import Iterable

MAGIC: Final = b"PAR1"
PIECE: Final = 1 << 20  # bytes
TAIL: Final = 8  # bytes: the length of the footer and the magic ones
# Fields of a file, a row group, a chunk of a column in it, and what is said of that chunk.
ROWS, GROUPS = 3, 4
CHUNKS, GROUP_START, ORDINAL = 1, 5, 7
SAID: Final = 3
CHUNK_PLACES: Final = (2, 4, 6)  # of its footer, where it has one of its own, and of its indices
SAID_PLACES: Final = (9, 10, 11, 14)  # of its pages: of data, index, dictionary, Bloom filter


class JoinedParquet:
    """A Parquet file that is written to an open one, part after part."""

    def __init__(self, file: IO[bytes]) -> None:
        """Begin the file."""
        self._file = file
        self._end = file.write(MAGIC)
        self._groups: list[dict[int, Typed]] = []

    def add(self, part: IO[bytes]) -> int:
        """Add the row groups of another file of this schema, written by the same release with the same options.

        How many there were.
        """
        footer, size = _footer(part)
        groups = footer[GROUPS].value.value
        for group in groups:
            self._groups.append(_moved(group, self._end - len(MAGIC), len(self._groups)))
        part.seek(len(MAGIC))
        self._copy(part, size - len(MAGIC))
        return len(groups)

    def close(self, empty: IO[bytes]) -> None:
        """End the file with what a file without rows, of the same schema and options, says of itself."""
        footer, _ = _footer(empty)
        rows = sum(group[ROWS].value for group in self._groups)
        footer |= {ROWS: footer[ROWS]._replace(value=rows), GROUPS: Typed(LIST, Typed(STRUCT, self._groups))}
        content = write_struct(footer)
        self._file.write(content + struct.pack("<I", len(content)) + MAGIC)

    def _copy(self, part: IO[bytes], left: int) -> None:
        while left:
            piece = part.read(min(left, PIECE))
            if not piece:
                message = f"a part of a Parquet file that ends before its footer; {left:,} bytes are missing"
                raise EOFError(message)
            self._file.write(piece)
            self._end += len(piece)
            left -= len(piece)


def _footer(part: IO[bytes]) -> tuple[dict[int, Typed], int]:
    """The footer of a file, and how many bytes stand before it; ValueError where there is none."""
    end = part.seek(0, os.SEEK_END)
    part.seek(end - TAIL)
    length, magic = struct.unpack("<I4s", part.read(TAIL))
    if magic != MAGIC:
        message = "a part that is no Parquet file"
        raise ValueError(message)
    start = part.seek(end - TAIL - length)
    return read_typed(part.read(length)), start


def _moved(group: dict[int, Typed], by: int, ordinal: int) -> dict[int, Typed]:
    """A row group as it is described so many bytes later, as the one of this number."""
    kind, chunks = group[CHUNKS].value
    moved = group | {CHUNKS: Typed(LIST, Typed(kind, [_moved_chunk(chunk, by) for chunk in chunks]))}
    if ORDINAL in moved:
        moved[ORDINAL] = moved[ORDINAL]._replace(value=ordinal)
    return _later(moved, (GROUP_START,), by)


def _moved_chunk(chunk: dict[int, Typed], by: int) -> dict[int, Typed]:
    said = _later(chunk[SAID].value, SAID_PLACES, by)
    return _later(chunk, CHUNK_PLACES, by) | {SAID: Typed(STRUCT, said)}


def _later(fields: dict[int, Typed], places: Iterable[int], by: int) -> dict[int, Typed]:
    """The fields, those that are places in the file moved; a place of 0 is none."""
    known = [number for number in places if number in fields and fields[number].value > 0]
    return fields | {number: fields[number]._replace(value=fields[number].value + by) for number in known}
