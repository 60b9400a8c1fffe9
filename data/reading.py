"""Reading: text and Parquet through one door, chunk by chunk, in memory that does not grow with the file."""

from __future__ import annotations

import zlib
from collections import Counter
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import pyarrow as pa

from data.errors import SourceError, TextError
from data.layouts import CHUNK_ROWS, Layout, with_truth
from data.parquet_rows import parquet_chunks
from data.text_rows import text_chunks

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from data.chunks import Chunk
    from data.row_ranges import RowRange
    from data.sources import Readable


@dataclass(frozen=True, eq=False)
class Unparsed:
    """Consecutive rows of a file as they stand in it, their numbers known: any thread may parse them."""

    source: Readable
    parse: Callable[[], Chunk]

    def chunk(self) -> Chunk:
        """These rows; SourceError where they cannot be read."""
        with refused(self.source):
            return self.parse()


def unparsed_chunks(
    source: Readable, layout: Layout, *, rows: int = CHUNK_ROWS, only: RowRange | None = None
) -> Iterator[Unparsed]:
    """The rows of a file or range in its order, about so many at once; SourceError where it cannot be read on."""
    with refused(source):
        text = layout.text
        parts = parquet_chunks(source, layout, rows, only) if text is None else text_chunks(source, layout, text, rows)
        yield from (Unparsed(source, parse) for parse in parts)


def read_chunks(source: Readable, layout: Layout, *, rows: int = CHUNK_ROWS) -> Iterator[Chunk]:
    """The same, each parsed as it is read."""
    return (unparsed.chunk() for unparsed in unparsed_chunks(source, layout, rows=rows))


@contextmanager
def refused(source: Readable) -> Iterator[None]:
    """SourceError for what is raised where a file cannot be read."""
    try:
        yield
    except TextError as error:
        message = f"{source}: {error}"
        raise SourceError(message) from error
    except (pa.ArrowException, OSError, EOFError, zlib.error) as error:
        reason = " ".join(str(error).split())[:200]
        message = f"{source}: cannot be read to its end; {reason}; write the file again"
        raise SourceError(message) from error


def settle_truth(source: Readable, layout: Layout) -> Layout:
    """The layout, its truth settled by the whole label column where the head leaves open what numbers count from."""
    if not layout.truth.ambiguous:
        return layout
    counts: Counter[str] = Counter()
    alone = replace(layout, features={}, identifier=None)
    for chunk in read_chunks(source, alone):
        counts.update({str(text): count for text, count in chunk.frame["truth"].value_counts().items()})
    return with_truth(layout, +counts)
