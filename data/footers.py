"""Footers: what a Parquet file says of itself, held against itself before anything is read by it.

Much stands twice in a footer: a damaged one contradicts itself, and a reader that believes either half reads other rows
or other columns than were written. It is parsed here because pyarrow does not show all of it, and ends the process
where it is asked for a column that is encrypted. The format: https://parquet.apache.org/docs/file-format/metadata/
"""

from __future__ import annotations

import os
import struct
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING, Any, Final

from data.errors import TextError
from data.thrift import read_struct

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

TAIL: Final = 8  # bytes: the length of the footer and the magic ones
REPEATED: Final = 2
BYTES: Final = (6, 7)
CHILDREN: Final = 5  # the field of an element that has some


@dataclass(frozen=True)
class ColumnChunk:
    """A column within a row group: where its pages begin, its bytes as they are packed and unpacked, and its ends.

    ``coded``: it is of texts that stand in a dictionary, each once.

    ``least`` and ``most`` are its smallest and its largest value as they are stored, where they are known to be exact.
    """

    path: str
    start: int
    packed: int
    unpacked: int
    coded: bool
    least: bytes | None
    most: bytes | None


@dataclass(frozen=True)
class RowGroup:
    """Rows that stand together, and their columns by path."""

    rows: int
    chunks: Mapping[str, ColumnChunk]


@dataclass(frozen=True)
class Footer:
    """What a Parquet file says of its rows and columns."""

    rows: int
    groups: Sequence[RowGroup]


@dataclass(frozen=True)
class _Leaf:
    path: tuple[bytes, ...]
    kind: int
    repeated: bool


def read_footer(file: IO[bytes]) -> Footer:
    """The footer of a Parquet file; TextError where it contradicts itself or a column is encrypted."""
    try:
        fields = _fields(file)
        leaves = _leaves(fields[2])
        groups = [_group(group, leaves) for group in fields[4]]
        rows = int(fields[3])
    except TextError:
        raise
    except (ValueError, LookupError, TypeError, AttributeError, struct.error) as error:
        message = "a damaged Parquet file; found a footer that cannot be read; write it again"
        raise TextError(message) from error
    if rows != sum(group.rows for group in groups):
        raise _damaged(f"{rows:,} rows, and {sum(group.rows for group in groups):,} in its row groups")
    return Footer(rows, groups)


def _fields(file: IO[bytes]) -> dict[int, Any]:
    end = file.seek(0, os.SEEK_END)
    file.seek(max(0, end - TAIL))
    (length,) = struct.unpack("<I", file.read(4))
    file.seek(end - TAIL - length)  # ValueError where that is before the beginning
    return read_struct(file.read(length))[0]


def _leaves(elements: Sequence[dict[int, Any]]) -> list[_Leaf]:
    """The columns that hold values, in their order: elements stand before their children."""
    following = iter(elements)
    root = next(following, {})

    def below(parent: dict[int, Any], path: tuple[bytes, ...], *, repeated: bool) -> Iterator[_Leaf]:
        for _ in range(parent.get(CHILDREN, 0)):
            element = next(following, None)
            if element is None:
                raise _damaged("fewer columns than it counts")
            here, again = (*path, element[4]), repeated or element.get(3) == REPEATED
            if CHILDREN in element:
                yield from below(element, here, repeated=again)
            else:
                yield _Leaf(here, element[1], again)

    found = [*below(root, (), repeated=False)]
    if next(following, None) is not None:
        raise _damaged("more columns than it counts")
    return found


def _group(group: dict[int, Any], leaves: Sequence[_Leaf]) -> RowGroup:
    rows = group[3]
    if len(group[1]) != len(leaves):
        raise _damaged(f"{len(leaves):,} columns, and {len(group[1]):,} in a row group")
    chunks = [_chunk(chunk, leaf, rows) for chunk, leaf in zip(group[1], leaves, strict=True)]
    return RowGroup(rows, {chunk.path: chunk for chunk in chunks})


def _chunk(chunk: dict[int, Any], leaf: _Leaf, rows: int) -> ColumnChunk:
    name = b".".join(leaf.path).decode(errors="backslashreplace")
    if 8 in chunk:  # noqa: PLR2004
        message = f"a Parquet file with an encrypted column; found {name!r}; write it without encryption"
        raise TextError(message)
    said = chunk[3]
    if tuple(said[3]) != leaf.path:
        other = b".".join(said[3]).decode(errors="backslashreplace")
        raise _damaged(f"{name!r} and {other!r} of one column")
    if leaf.repeated and len(leaf.path) == 1:
        raise _damaged(f"{name!r} holds several values a row, outside of a list")
    if said[1] != leaf.kind:
        raise _damaged(f"two types of {name!r}")
    if (not leaf.repeated and said[5] != rows) or rows < 0:
        raise _damaged(f"{rows:,} rows, and {said[5]:,} values of {name!r}")
    start = min(place for place in (said[9], said.get(11)) if place)
    coded = said[1] in BYTES and said.get(11) is not None
    return ColumnChunk(name, start, said[7], said[6], coded, *_ends(said))


def _ends(said: dict[int, Any]) -> tuple[bytes | None, bytes | None]:
    statistics = said.get(12, {})
    if said[1] in BYTES and not (statistics.get(7) is True and statistics.get(8) is True):
        return None, None  # which may have been cut short
    return statistics.get(6), statistics.get(5)


def _damaged(finding: str) -> TextError:
    return TextError(f"a damaged Parquet file; found a footer that says {finding}; write it again")
