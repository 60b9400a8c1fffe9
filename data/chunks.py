"""Chunks: consecutive rows of a file, as every part of the program gets them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import pandas as pd
import pyarrow as pa

from data.one_hot import class_codes

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from data.layouts import Layout

Kind = Literal["number", "text", "class", "flag"]
Malformed = tuple[int, str, str]
"""A line or row that is none: its number, the reason, and its text."""


@dataclass(frozen=True, eq=False)
class Chunk:
    """Consecutive rows of a file.

    ``frame`` has the features, numbers as float64 (NaN where a cell is none) and categories as categorical text, ``id``
    as text and ``truth`` as categorical text where the file has them, and the row number in the file as its index.
    ``as_it_stood`` gives the feature cells of rows, by their position in the frame, as the text they were.
    ``malformed`` are the lines that are no rows.
    """

    frame: pd.DataFrame
    as_it_stood: Callable[[np.ndarray[Any, Any]], pd.DataFrame]
    malformed: list[Malformed] = field(default_factory=list)

    @property
    def rows(self) -> int:
        """How many rows of the file this is, malformed ones among them."""
        return len(self.frame) + len(self.malformed)


def kinds_of(layout: Layout) -> dict[str, tuple[int, Kind]]:
    """The columns that are read, by our names: their places in the file and what they are read as."""
    categories = layout.truth.expected.categories
    kinds: dict[str, tuple[int, Kind]] = {
        feature: (place, "class" if feature in categories else "number") for feature, place in layout.features.items()
    }
    kinds |= {f"one_hot_{place}": (place, "flag") for place in layout.one_hot}
    if layout.identifier is not None:
        kinds["id"] = (layout.identifier, "text")
    if layout.label is not None:
        kinds["truth"] = (layout.label, "class")
    return kinds


def to_chunk(
    columns: Mapping[str, pa.ChunkedArray | pa.Array],
    layout: Layout,
    numbers: pd.Index[int],
    as_it_stood: Callable[[np.ndarray[Any, Any]], pd.DataFrame],
    unfit: Sequence[tuple[int, str, str]] = (),
    malformed: Sequence[Malformed] = (),
) -> Chunk:
    """The columns as a chunk, its rows under their numbers; what is ``unfit``, by position, becomes malformed."""
    chunk = Chunk(_frame(dict(columns), layout, numbers), as_it_stood, [*malformed])
    if not unfit:
        return chunk
    kept = np.delete(np.arange(len(numbers)), [position for position, _, _ in unfit])
    found = [*malformed, *((int(numbers[position]), reason, text) for position, reason, text in unfit)]
    return Chunk(chunk.frame.iloc[kept], lambda positions: as_it_stood(kept[positions]), sorted(found))


def _frame(columns: dict[str, pa.ChunkedArray | pa.Array], layout: Layout, numbers: pd.Index[int]) -> pd.DataFrame:
    """The columns under their names, one-hot labels gathered into one, the rows under their numbers."""
    flags = [columns.pop(f"one_hot_{place}").to_numpy(zero_copy_only=False) for place in layout.one_hot]
    frame = pd.DataFrame({name: _values(column) for name, column in columns.items()}, copy=False)
    if flags:
        codes = class_codes(np.stack(flags))
        frame["truth"] = pd.Categorical.from_codes(codes, pd.Index(layout.truth.expected.class_names))
    return frame.set_axis(numbers)  # given at once, the index would align instead of naming


def _values(column: pa.ChunkedArray | pa.Array) -> Any:
    """The cells of a column as a frame takes them; numbers as they lie, without a copy."""
    return column.to_numpy(zero_copy_only=False) if pa.types.is_floating(column.type) else column.to_pandas()
