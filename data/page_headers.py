"""Page headers: what the pages of a Parquet column say of their sizes, before anything is unpacked.

They are read here because pyarrow believes them: a page that says it is of two gigabytes gets two gigabytes of memory.
"""

from __future__ import annotations

from typing import IO, TYPE_CHECKING, Any, Final

from data.errors import TextError
from data.thrift import read_struct

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from data.footers import ColumnChunk

HEADER: Final = 1 << 10  # bytes read for a header, which may hold the page's smallest and largest value
LARGEST_HEADER: Final = 1 << 20
LARGEST_PAGES: Final = 512 << 20  # bytes, unpacked: the largest page of each column that is read, all together


def check_pages(file: IO[bytes], chunks: Iterable[ColumnChunk]) -> None:
    """TextError where the pages of these columns are not of the sizes their chunks have, or take too much memory."""
    largest = sum(max(_page_sizes(file, chunk), default=0) for chunk in chunks)
    if largest > LARGEST_PAGES:
        message = f"too large pages; found {largest:,} bytes for one of each column; write it with smaller ones"
        raise TextError(message)


def coded_bytes(file: IO[bytes], chunk: ColumnChunk) -> int:
    """How many bytes the texts of a column chunk have, on average, that stand in its dictionary."""
    fields, _ = _header(file, chunk.start, chunk)
    said = fields.get(7)
    count = said.get(1) if isinstance(said, dict) else 0
    return int(fields[2] // max(1, count)) if isinstance(count, int) else 0


def _page_sizes(file: IO[bytes], chunk: ColumnChunk) -> Iterator[int]:
    """The bytes that each page of a column chunk will have when it is unpacked."""
    at, left = chunk.start, chunk.unpacked
    end = at + chunk.packed
    while at < end:
        fields, length = _header(file, at, chunk)
        size, packed = fields[2], fields[3]
        at, left = at + length + packed, left - length - size
        if at > end or left < 0 or min(size, packed) < 0:
            raise _damaged(chunk)
        yield size


def _header(file: IO[bytes], at: int, chunk: ColumnChunk) -> tuple[dict[int, Any], int]:
    """The page header at a place, and its length."""
    for most in (HEADER, LARGEST_HEADER):
        file.seek(at)
        try:
            fields, length = read_struct(file.read(most))
            if isinstance(fields[2], int) and isinstance(fields[3], int) and length <= most:
                return fields, length
        except (ValueError, KeyError):
            continue
    raise _damaged(chunk)


def _damaged(chunk: ColumnChunk) -> TextError:
    found = f"found a page of {chunk.path!r} of another size than its footer says"
    return TextError(f"a damaged Parquet file; {found}; write it again")
