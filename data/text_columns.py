"""Text columns: every column of a file as text, chunk by chunk, whatever its table may be."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pyarrow as pa

from data.cells import as_text, is_readable
from data.layouts import CHUNK_ROWS, Layout
from data.parquet_rows import open_parquet
from data.reading import refused
from data.text_blocks import read_blocks
from data.text_parsing import parse_block
from data.text_rows import LARGEST_BLOCK

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from data.layouts import TextLayout
    from data.sources import Readable


@dataclass(frozen=True, eq=False)
class Texts:
    """Consecutive rows: the cells of each column by its place, and how many lines between them are no rows."""

    columns: Mapping[int, pa.ChunkedArray]
    malformed: int = 0


def read_texts(source: Readable, layout: Layout, *, rows: int = CHUNK_ROWS) -> Iterator[Texts]:
    """The columns of about so many rows at once as text, null or blank where nothing stands.

    Columns of Parquet that cannot be written as text, or share their name, are left out. SourceError where the file
    cannot be read on.
    """
    with refused(source):
        yield from _of_parquet(source, rows) if layout.text is None else _of_text(source, layout, layout.text, rows)


def _of_text(source: Readable, layout: Layout, text: TextLayout, rows: int) -> Iterator[Texts]:
    places = range(len(layout.columns))
    size = min(max(1, rows * text.line_bytes), LARGEST_BLOCK)
    for block in read_blocks(source, text, len(layout.columns), size):
        table, malformed = parse_block(block, layout, text, {str(place): pa.string() for place in places})
        yield Texts({place: table[str(place)] for place in places}, len(malformed))


def _of_parquet(source: Readable, rows: int) -> Iterator[Texts]:
    with open_parquet(source) as opened:
        schema = opened.file.schema_arrow
        counts = Counter(schema.names)
        names = {
            place: field.name
            for place, field in enumerate(schema)
            if is_readable(field.type) and counts[field.name] == 1
        }
        for batch in opened.batches([*names.values()], rows) if names else ():
            yield Texts({place: pa.chunked_array([as_text(batch[name])]) for place, name in names.items()})
