"""Raw rows: a matrix as columns that anybody reads, categories as text, and back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from schemas.checking import level_codes

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

    from nn.columns import Column
    from nn.encoding import Encoding
    from schemas.feature import Feature
    from schemas.table import Table

TEXT: Final = pa.dictionary(pa.int32(), pa.string())
UNSEEN: Final = ""  # which no level is called


def kinds(features: Sequence[str], encoding: Encoding) -> list[pa.Field]:
    """The columns that raw rows of these features become: numbers, and categories as text."""
    columns = zip(features, encoding.across(len(features)), strict=True)
    return [pa.field(name, TEXT if column.levels else pa.float64()) for name, column in columns]


def to_columns(x: np.ndarray[Any, Any], features: Sequence[str], encoding: Encoding) -> dict[str, pa.Array]:
    """Raw rows (n, d) as columns: null where a value is missing, empty text where it is none of the levels."""
    parts = zip(features, x.T, encoding.across(len(features)), strict=True)
    return {name: _column(values, column) for name, values, column in parts}


def to_matrix(rows: pa.Table, features: Sequence[str], encoding: Encoding) -> np.ndarray[Any, Any]:
    """Such columns as raw rows (n, d): any other text than that of a level is none of the levels."""
    columns = zip(features, encoding.across(len(features)), strict=True)
    return np.stack([_values(rows[name], column) for name, column in columns], axis=1)


def as_measured(table: Table, frame: pd.DataFrame) -> dict[str, pa.Array]:
    """The features of rows as a person reads them: numbers, and of a category its level or what else stood there."""
    return {feature.name: _measured(feature, frame[feature.name]) for feature in table.columns}


def unmeasured(table: Table, rows: int) -> dict[str, pa.Array]:
    """The same of so many rows of which nothing is known."""
    return {each.name: pa.nulls(rows, pa.string() if each.is_category else pa.float64()) for each in table.columns}


def _measured(feature: Feature, values: pd.Series[Any]) -> pa.Array:
    if not feature.is_category:
        return pa.array(values.to_numpy(), from_pandas=True)
    texts: Any = values.astype("category").cat
    names = [_level(feature, str(text)) for text in texts.categories]
    codes = np.where(np.isnan(level_codes(feature, values)), -1, texts.codes.to_numpy())
    return pa.DictionaryArray.from_arrays(pa.array(codes, mask=codes < 0), pa.array(names, pa.string())).cast(
        pa.string()
    )


def _level(feature: Feature, text: str) -> str:
    """A level by its declared name, any other text as it stands."""
    place = feature.level_index(text)
    return feature.levels[place] if place >= 0 else text


def known(x: np.ndarray[Any, Any], encoding: Encoding) -> np.ndarray[Any, Any]:
    """Of which raw rows (n, d) the measurements are known, (n,): not all are missing, and none that may not be."""
    missing = np.isnan(x)
    never = [not column.missing for column in encoding.across(x.shape[1])]
    return np.asarray(~missing.all(axis=1) & ~(missing & never).any(axis=1))


def strange(values: pa.ChunkedArray, column: Column) -> bool:
    """Whether a column holds what its kind does not allow: missing values, or what is none of the levels."""
    if values.null_count and not column.missing:
        return True
    allowed = {*column.levels, UNSEEN} if column.unseen else {*column.levels}
    return bool(column.levels) and not {*values.unique().to_pylist()} - {None} <= allowed


def _column(values: np.ndarray[Any, Any], column: Column) -> pa.Array:
    missing = np.isnan(values) if column.missing else None
    if not column.levels:
        return pa.array(values, mask=missing)
    none = len(column.levels)
    codes = np.where((values >= 0) & (values < none), values, none)
    names = pa.array([*column.levels, UNSEEN])
    return pa.DictionaryArray.from_arrays(pa.array(codes.astype(np.int32), mask=missing), names)


def _values(found: pa.ChunkedArray, column: Column) -> np.ndarray[Any, Any]:
    if not column.levels:
        return np.asarray(found.to_numpy(), dtype=float)
    codes = pc.index_in(found.cast(pa.string()), value_set=pa.array(column.levels))
    codes = pc.if_else(pc.is_null(found), None, pc.fill_null(codes, -1))
    return np.asarray(codes.cast(pa.float64()).to_numpy())
