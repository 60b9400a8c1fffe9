"""A declaration: whether a table asks of its rows only what each row can answer by itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from schemas.errors import TableError
from schemas.rules import answers_of, is_bound

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import pandera.pandas as pa

    from schemas.feature import Feature


OF_THE_FILE = ("unique", "parsers", "index", "strict", "ordered", "unique_column_names", "add_missing_columns", "regex")
OF_MORE_ROWS = ("groupby", "raise_warning")  # a row is labelled or rejected: nobody would hear a warning


def check_schema(name: str, schema: pa.DataFrameSchema, features: Sequence[Feature]) -> None:
    """TableError where a table's schema asks for what a row cannot answer by itself, before there are any rows.

    ``features`` are what its columns are.
    """
    if found := ", ".join(_beyond_rows(schema)):
        message = f"table {name}: rows are checked one by one; found {found}; keep to floats, text with isin"
        raise TableError(f"{message}, and checks of single rows")
    for column, each in schema.columns.items():
        for check in each.checks:
            if not is_bound(check):
                _probe(check, _plausible(features)[column])
    for check in schema.checks:
        _probe(check, _plausible(features))


def is_number(column: pa.Column) -> bool:
    """Whether a column of a schema holds numbers."""
    return bool(getattr(column.dtype, "type", None) == np.float64)


def levels_of(column: pa.Column) -> tuple[str, ...]:
    """The levels of a column of text, which are what it says its values are in."""
    stated = [check.statistics["allowed_values"] for check in column.checks if check.name == "isin"]
    return tuple(map(str, stated[0])) if stated and pd.api.types.is_string_dtype(str(column.dtype)) else ()


def _beyond_rows(schema: pa.DataFrameSchema) -> Iterator[str]:
    for place, asks in [("", schema), *((f" of {name}", column) for name, column in schema.columns.items())]:
        yield from (f"{option}{place}" for option in OF_THE_FILE if getattr(asks, option, None))
        if getattr(asks, "default", None) is not None:
            yield f"default{place}"
        if asks.dtype is not None and not is_number(asks) and not (place and levels_of(asks)):
            yield f"type {asks.dtype}{place}"
        for check in asks.checks:
            yield from (f"{option} of check {check.name}" for option in OF_MORE_ROWS if getattr(check, option))


def _plausible(features: Sequence[Feature]) -> pd.DataFrame:
    """Four rows within the bounds, the third like its neighbour, the last like the first, numbered in no order."""
    low, high = np.array([feature.bounds for feature in features]).T
    low = np.where(np.isfinite(low), low, np.where(np.isfinite(high), high - 1, 0))
    high = np.where(np.isfinite(high), high, low + 1)
    rows = [low + share * (high - low) for share in (0.25, 0.75, 0.75, 0.25)]
    frame = pd.DataFrame(rows, columns=[feature.name for feature in features], index=[7, 3, 9, 5])
    levels = {each.name: [each.levels[at] for at in (0, -1, -1, 0)] for each in features if each.is_category}
    return frame.assign(**levels)


def _probe(check: Any, values: pd.Series[Any] | pd.DataFrame) -> None:
    """TableError where rows are answered otherwise together than alone: chunks would decide what is rejected."""
    try:
        together = answers_of(check, values)
        alone = [answers_of(check, values.iloc[[at]]).item() for at in range(len(values))]
    except TableError:
        raise
    except Exception:  # noqa: BLE001  it may not be made for invented rows; where it fails on real ones, that is reported
        return
    if together.tolist() != alone:
        message = f"check {check.name}: does not answer row by row; found answers that depend on other rows; remove it"
        raise TableError(message)
