"""A Parquet file: written in row groups of one size, with checksums."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, Self

import pyarrow as pa
import pyarrow.parquet as pq

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
        self._schema, self._coded_anew = schema, coded_anew
        self._pending: list[pa.Table] = []
        self._rows = 0
        self._writer = pq.ParquetWriter(path, schema, **_options(schema, repeating))

    def __enter__(self) -> Self:
        """Nothing is opened that was not open already."""
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        """Give an unfinished file up; its writer's finalizer would write once more, and fail once more."""
        self._writer.is_open = False

    def write(self, table: pa.Table) -> None:
        """Add rows; the table has the schema declared."""
        self._pending.append(table)
        self._rows += table.num_rows
        if self._rows >= ROW_GROUP:
            self._flush(self._rows - self._rows % ROW_GROUP)

    def close(self, metadata: Mapping[str, str] | None = None) -> None:
        """Write what is left, and these entries beside the schema."""
        self._flush(self._rows)
        self._writer.add_key_value_metadata(dict(metadata or {}))
        self._writer.close()

    def _flush(self, rows: int) -> None:
        table = pa.concat_tables(self._pending or [self._schema.empty_table()])
        for start in range(0, rows, ROW_GROUP):
            group = table.slice(start, min(ROW_GROUP, rows - start)).unify_dictionaries().combine_chunks()
            for name in self._coded_anew:
                texts = group[name].cast(pa.string()).combine_chunks().dictionary_encode()
                group = group.set_column(group.column_names.index(name), self._schema.field(name), texts)
            self._writer.write_table(group, row_group_size=ROW_GROUP)
        self._pending = [table.slice(rows)] if rows < table.num_rows else []  # a slice of nothing would hold it all
        self._rows -= rows


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
