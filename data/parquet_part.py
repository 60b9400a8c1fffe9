"""A part of a Parquet file: rows that begin anywhere in it, written apart from those before, to be joined to them.

Its whole row groups are encoded where it is written. The rows before and after them share their row groups with other
parts; they are left as they are, and encoded where all parts meet.
"""

from __future__ import annotations

from contextlib import ExitStack
from typing import IO, TYPE_CHECKING, Generic, NamedTuple, Self, TypeVar, cast

from data.arrow_stream import arrow_stream, tables_of, write_tables
from data.parquet_file import ROW_GROUP

if TYPE_CHECKING:
    from pathlib import Path
    from types import TracebackType

    import pyarrow as pa

    from data.parquet_file import ParquetFile
    from data.places import Place

Where = TypeVar("Where", bound="Place")


class Places(NamedTuple, Generic[Where]):
    """Where a part is: the rows before its whole row groups, those, and the rows after them."""

    before: Where
    groups: Where
    after: Where


class ParquetPart:
    """The rows of a Parquet file from a number on, as they come."""

    def __init__(self, places: Places[Path], schema: pa.Schema, groups: ParquetFile, start: int) -> None:
        """Open a part; ``groups`` is a file at its place, of the options of the file that it is a part of."""
        self._places, self._schema, self._groups = places, schema, groups
        self._lacking = -start % ROW_GROUP

    def __enter__(self) -> Self:
        """Begin with the rows before."""
        self._open = ExitStack()
        self._open.enter_context(self._groups)
        self._before = self._open.enter_context(arrow_stream(self._places.before, self._schema))
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        """Give an unfinished part up."""
        self._open.__exit__(kind, error, at)

    def write(self, table: pa.Table) -> None:
        """Add rows; the table has the schema declared."""
        if self._lacking:
            first = table.slice(0, self._lacking)
            self._before.write_table(first)
            self._lacking -= first.num_rows
            table = table.slice(first.num_rows)
        if table.num_rows:
            self._groups.write(table)

    def close(self) -> None:
        """Leave the rows after."""
        write_tables(self._places.after, self._schema, [self._groups.left()])
        self._groups.close()


def join(file: ParquetFile, part: Places[Where]) -> None:
    """Write a part behind the rows before it."""
    for table in tables_of(part.before):
        file.write(table)
    with part.groups.open("rb") as groups:
        file.append(cast("IO[bytes]", groups))
    for table in tables_of(part.after):
        file.write(table)
