"""Publishing: files that appear whole or not at all."""

from __future__ import annotations

import os
import shutil
from contextlib import suppress
from errno import EISDIR
from typing import TYPE_CHECKING, Final, Self

import pyarrow as pa
import pyarrow.parquet as pq

from data.locks import HeldError, exclusive

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path
    from types import TracebackType

ROW_GROUP: Final = 131_072
LOCK: Final = ".lock"


class PublishError(OSError):
    """The results could not be written; nothing was published."""


class Stage:
    """A folder beside the targets in which files are made, then moved into place in the order they were asked for.

    Leaving the `with` block without `publish` leaves nothing behind. One process at a time is on a stage of one name;
    what a killed one left on any stage is removed by whoever comes next.
    """

    def __init__(self, parent: Path, name: str, waiting: Callable[[], object] = lambda: None) -> None:
        """A stage of this name in a folder of stages; ``waiting`` is called while another process is on it."""
        self._parent = parent
        self._lock = exclusive(parent / f"{name}{LOCK}", waiting)
        self._folder = parent / name
        self._files: dict[Path, Path] = {}

    def __enter__(self) -> Self:
        """Wait for the stage, and clear it."""
        self._lock.__enter__()
        try:
            sweep(self._parent)
            shutil.rmtree(self._folder, ignore_errors=True)
        except BaseException:
            self._lock.__exit__(None, None, None)
            raise
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        """Remove the folder and what was not published."""
        shutil.rmtree(self._folder, ignore_errors=True)
        self._lock.__exit__(None, None, None)

    def room(self) -> Path:
        """The stage's folder, for what is not to be published."""
        self._folder.mkdir(exist_ok=True)
        return self._folder

    def file(self, target: Path) -> Path:
        """Where to write what is to become the target."""
        staged = self.room() / f"{len(self._files)}-{target.suffix}"
        self._files[staged] = target
        return staged

    def publish(self) -> None:
        """Force every file to the disk, then move each into place; readers see the old file or the new, whole."""
        for staged, target in self._files.items():
            target.parent.mkdir(parents=True, exist_ok=True)
            if target.is_dir():
                raise IsADirectoryError(EISDIR, "a folder stands where a file is to be", str(target))
            _sync(staged)
        for staged, target in self._files.items():
            staged.replace(target)
        for folder in {target.parent for target in self._files.values()}:
            _sync(folder)


def sweep(parent: Path) -> None:
    """Remove what killed processes left on their stages."""
    found = sorted(parent.iterdir()) if parent.is_dir() else []
    for name in dict.fromkeys(path.name.removesuffix(LOCK) for path in found):
        with suppress(HeldError), exclusive(parent / f"{name}{LOCK}"):
            shutil.rmtree(parent / name, ignore_errors=True)


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


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
