"""Statistics: the smallest and largest value that a Parquet file says its columns hold, held against what is read.

A damaged footer can make a reader take other bytes for the values; few of those lie between the two.
"""

from __future__ import annotations

import math
import struct
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from data.errors import TextError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from data.footers import ColumnChunk

FORMATS: Final = {pa.int32(): "<i", pa.int64(): "<q", pa.float32(): "<f", pa.float64(): "<d"}


def check_values(column: pa.Array, chunks: Sequence[ColumnChunk]) -> None:
    """TextError where values lie outside what all these chunks, from which they were read, say of theirs.

    Numbers and text alone are looked at, and text where its ends are said to be exact; others have orders of their own.
    """
    if pa.types.is_dictionary(column.type):
        column = column.dictionary
    least, most = ([_value(each, column.type) for each in ends] for ends in _ends(chunks))
    if not chunks or None in least or None in most:
        return
    low, high = _found(column)
    if low is not None and (low < min(least) or high > max(most)):
        what = f"found other values of {chunks[0].path!r} than its footer says it holds"
        message = f"a damaged Parquet file; {what}; write it again"
        raise TextError(message)


def _found(column: pa.Array) -> tuple[Any, Any]:
    """The smallest and the largest value of a column, None where it has none."""
    if column.type in FORMATS and len(column) and not column.null_count:
        values = column.to_numpy()
        low, high = values.min(), values.max()  # ten times as fast as Arrow's
        if not np.isnan(low):
            return low, high
    found = pc.min_max(column.cast(pa.string()) if pa.types.is_string_view(column.type) else column).as_py()
    return found["min"], found["max"]


def _ends(chunks: Sequence[ColumnChunk]) -> tuple[list[bytes | None], list[bytes | None]]:
    return [chunk.least for chunk in chunks], [chunk.most for chunk in chunks]


def _value(end: bytes | None, kind: pa.DataType) -> Any:
    if not isinstance(end, bytes):
        return None
    try:
        if pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_string_view(kind):
            return end.decode()
        (value,) = struct.unpack(FORMATS[kind], end)
    except (KeyError, ValueError, struct.error):
        return None
    return None if math.isnan(value) else value
