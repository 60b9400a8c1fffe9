"""One-hot labels: a column for each class, of which one says yes; as 0 and 1, or as True and False."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

if TYPE_CHECKING:
    from collections.abc import Sequence

FLAGS: Final = {"false": 0.0, "true": 1.0}


def flags_of(texts: Sequence[str], numbers: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """The cells of a column as 0 and 1, given as text and as numbers, (n,); others as the numbers they are, or NaN."""
    words = np.array([FLAGS.get(text.strip().casefold(), np.nan) for text in texts])
    return np.where(np.isnan(words), numbers, words)


def flag_numbers(column: pa.Array | pa.ChunkedArray, numbers: pa.Array | pa.ChunkedArray) -> Any:
    """The same for a column of text, or of truth values, in Arrow."""
    if pa.types.is_boolean(column.type):
        return column.cast(pa.float64())
    words = pc.utf8_lower(pc.utf8_trim_whitespace(column))
    flags = [pc.if_else(pc.equal(words, word), flag, None) for word, flag in FLAGS.items()]
    return pc.coalesce(*flags, numbers)


def one_hot_rows(flags: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """Whether one cell is 1 and the others are 0, (n,), in each row of flags, (classes, n)."""
    return np.asarray(np.isin(flags, (0, 1)).all(axis=0) & (flags.sum(axis=0) == 1))


def class_codes(flags: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """The place of the class each row says, (n,), given its flags, (classes, n); -1 where it says none, or several."""
    return np.where(one_hot_rows(flags), flags.argmax(axis=0), -1)
