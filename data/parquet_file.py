"""A Parquet file: written in row groups of one size, with checksums, each encoded apart by a thread of its own.

What comes out is, byte for byte, what one `pq.ParquetWriter` with these options makes of the same row groups.
"""

from __future__ import annotations

from collections import deque
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from typing import IO, TYPE_CHECKING, Any, Final, Self, cast

import pyarrow as pa
import pyarrow.parquet as pq

from data.joined_parquet import JoinedParquet
from data.threads import threads

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from pathlib import Path
    from types import TracebackType

ROW_GROUP: Final = 131_072
LARGEST_DICTIONARY: Final = 1 << 16  # bytes; numbers that turn out to need more are written plainly
FLOAT_LEVEL: Final = -2  # of zstd: the bits of probabilities hardly compress, whatever it takes
LEVEL: Final = 1
LIMITED: Final = 23  # the first pyarrow in which pages have a limit of rows, of its own unless it is given
PAGES: Final = {"max_rows_per_page": ROW_GROUP} if int(pa.__version__.partition(".")[0]) >= LIMITED else {}


class ParquetFile:
    """A Parquet file written in row groups of one size, so that the sizes of what is given do not show in its bytes."""

    def __init__(
        self, path: Path, schema: pa.Schema, repeating: Collection[str] = (), *, coded_anew: Collection[str] = ()
    ) -> None:
        """Open a file; ``repeating`` names columns of floats that take few different values.

        ``coded_anew`` names columns of text that repeats whose dictionaries depend on what rows they were given with.
        """
        self._schema, self._coded_anew, self._options = schema, coded_anew, _options(schema, repeating)
        self._pending: list[pa.Table] = []
        self._rows = 0
        self._file = path.open("wb")
        self._joined = JoinedParquet(self._file)
        self._most = threads()
        self._encoding = ThreadPoolExecutor(self._most)
        self._under_way: deque[Future[IO[bytes]]] = deque()

    def __enter__(self) -> Self:
        """Nothing is opened that was not open already."""
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        """Give an unfinished file up; no thread goes on."""
        self._encoding.shutdown(cancel_futures=True)
        with suppress(OSError):  # what could not be written could not be before
            self._file.close()

    def write(self, table: pa.Table) -> None:
        """Add rows; the table has the schema declared."""
        self._pending.append(table)
        self._rows += table.num_rows
        if self._rows >= ROW_GROUP:
            self._flush(self._rows - self._rows % ROW_GROUP)

    def append(self, part: IO[bytes]) -> None:
        """Add the row groups of another such file, all of them whole, where no rows wait for their group."""
        self._await()
        added = self._joined.add(part)
        assert not (added and self._rows), "rows that wait would stand behind those that come later"

    def left(self) -> pa.Table:
        """The rows that do not make a row group yet, which are not written then."""
        table = pa.concat_tables(self._pending or [self._schema.empty_table()])
        self._pending, self._rows = [], 0
        return table

    def close(self, metadata: Mapping[str, str] | None = None) -> None:
        """Write what is left, and these entries beside the schema."""
        with self:
            self._flush(self._rows)
            self._await()
            self._joined.close(self._encoded(None, metadata))
            self._file.close()

    def _flush(self, rows: int) -> None:
        table = pa.concat_tables(self._pending or [self._schema.empty_table()])
        for start in range(0, rows, ROW_GROUP):
            if len(self._under_way) == self._most:
                self._joined.add(self._under_way.popleft().result())
            group = table.slice(start, min(ROW_GROUP, rows - start))
            if self._most == 1:
                self._joined.add(self._encoded(group))
            else:
                self._under_way.append(self._encoding.submit(self._encoded, group))
        self._pending = [table.slice(rows)] if rows < table.num_rows else []  # a slice of nothing would hold it all
        self._rows -= rows

    def _await(self) -> None:
        while self._under_way:
            self._joined.add(self._under_way.popleft().result())

    def _encoded(self, group: pa.Table | None, metadata: Mapping[str, str] | None = None) -> IO[bytes]:
        """A file of this row group alone, or of none."""
        place = pa.BufferOutputStream()
        with pq.ParquetWriter(place, self._schema, **self._options) as writer:
            if group is not None:
                writer.write_table(self._in_one_piece(group), row_group_size=ROW_GROUP)
            writer.add_key_value_metadata(dict(metadata or {}))
        return cast("IO[bytes]", pa.BufferReader(place.getvalue()))

    def _in_one_piece(self, group: pa.Table) -> pa.Table:
        group = group.unify_dictionaries().combine_chunks()
        for name in self._coded_anew:
            texts = group[name].cast(pa.string()).combine_chunks().dictionary_encode()
            group = group.set_column(group.column_names.index(name), self._schema.field(name), texts)
        return group


def _options(schema: pa.Schema, repeating: Collection[str]) -> dict[str, Any]:
    """How each column is written: what takes the least time at the same size, and every reader reads.

    Statistics of text cost as much as its writing and rule no row group out; Arrow's own byte stream split would suit
    the floats, but Spark reads it since 2026 only.
    """
    kinds = {field.name: field.type for field in schema}
    coded = [name for name, kind in kinds.items() if pa.types.is_dictionary(kind)]
    text = {*coded, *(name for name, kind in kinds.items() if pa.types.is_string(kind))}
    numbers = [name for name, kind in kinds.items() if pa.types.is_integer(kind)]
    floats = {name for name, kind in kinds.items() if pa.types.is_floating(kind)}
    return {
        "compression": "zstd",
        "compression_level": {name: FLOAT_LEVEL if name in floats else LEVEL for name in kinds},
        "use_dictionary": [*coded, *repeating],
        "dictionary_pagesize_limit": LARGEST_DICTIONARY,
        "column_encoding": dict.fromkeys(numbers, "DELTA_BINARY_PACKED"),
        "write_statistics": [name for name in kinds if name not in text],
        "write_page_checksum": True,
        **PAGES,
    }
