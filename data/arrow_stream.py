"""Arrow streams: tables left in a file as they are, their dictionaries too, for whoever goes on with them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyarrow as pa

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from data.places import Place


def arrow_stream(place: Path, schema: pa.Schema) -> pa.RecordBatchStreamWriter:
    """A file that takes tables of this schema, and ends with its `with` block."""
    return pa.ipc.new_stream(str(place), schema)


def write_tables(place: Path, schema: pa.Schema, tables: Iterable[pa.Table]) -> None:
    """A file of these tables."""
    with arrow_stream(place, schema) as stream:
        for table in tables:
            stream.write_table(table)


def tables_of(path: Place) -> Iterator[pa.Table]:
    """The tables of a file, as many as there were pieces of them."""
    with path.open("rb") as file, pa.ipc.open_stream(file) as stream:
        for batch in stream:
            yield pa.Table.from_batches([batch])


def table_of(path: Place) -> pa.Table:
    """All the rows of a file."""
    with path.open("rb") as file, pa.ipc.open_stream(file) as stream:
        return stream.read_all()
