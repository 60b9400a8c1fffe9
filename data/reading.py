"""Reading: text and Parquet through one door, chunk by chunk, in memory that does not grow with the file."""

from __future__ import annotations

import zlib
from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

import pyarrow as pa

from data.errors import SourceError, TextError
from data.layouts import CHUNK_ROWS, Layout, with_truth
from data.parquet_rows import parquet_chunks
from data.text_rows import text_chunks

if TYPE_CHECKING:
    from collections.abc import Iterator

    from data.chunks import Chunk
    from data.sources import Readable


def read_chunks(source: Readable, layout: Layout, *, rows: int = CHUNK_ROWS) -> Iterator[Chunk]:
    """The rows of a file in its order, about so many at once; SourceError where it cannot be read on."""
    try:
        if layout.text is None:
            yield from parquet_chunks(source, layout, rows)
        else:
            yield from text_chunks(source, layout, layout.text, rows)
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
