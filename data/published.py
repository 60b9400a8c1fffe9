"""Published files: Parquet that this program has written, opened to be read on a disk or on object storage."""

from __future__ import annotations

from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pyarrow.parquet as pq

if TYPE_CHECKING:
    from collections.abc import Iterator

    from data.places import Place

OPTIONS: Final[dict[str, Any]] = {"page_checksum_verification": True, "pre_buffer": False}
BUFFER: Final = 1 << 20  # bytes


@contextmanager
def open_published(path: Place) -> Iterator[pq.ParquetFile]:
    """The file, its pages held against their checksums, no more of it in memory than is read at once.

    FileNotFoundError, OSError or ArrowException where it cannot be read.
    """
    if isinstance(path, Path):
        with pq.ParquetFile(path, **OPTIONS) as file:
            yield file
        return
    with path.open("rb", buffering=0) as raw, pq.ParquetFile(raw, buffer_size=BUFFER, **OPTIONS) as file:
        yield file
