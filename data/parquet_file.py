"""A Parquet file: written in row groups of one size, with checksums."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Self

import pyarrow as pa
import pyarrow.parquet as pq

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path
    from types import TracebackType

ROW_GROUP: Final = 131_072


class ParquetFile:
    """A Parquet file written in row groups of one size, so that the sizes of what is given do not show in its bytes."""

    def __init__(self, path: Path, schema: pa.Schema) -> None:
        self._schema = schema
        self._pending: list[pa.Table] = []
        self._rows = 0
        text = [field.name for field in schema if pa.types.is_dictionary(field.type) or pa.types.is_string(field.type)]
        numbered = [field.name for field in schema if pa.types.is_int64(field.type)]
        self._writer = pq.ParquetWriter(
            path,
            schema,
            compression="zstd",
            compression_level=1,
            use_dictionary=text,
            column_encoding=dict.fromkeys(numbered, "DELTA_BINARY_PACKED"),  # numbers that ascend: next to nothing
            write_page_checksum=True,
        )

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
            self._writer.write_table(group, row_group_size=ROW_GROUP)
        self._pending = [table.slice(rows)]
        self._rows -= rows
