"""Checking: rows that meet a table on one side, the rejects with their reasons on the other."""

from __future__ import annotations

import operator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from pandera.config import config_context
from pandera.errors import SchemaError

if TYPE_CHECKING:
    from collections.abc import Callable

    import pandera.pandas as pa

    from schemas._table import Table

REJECT_COLUMNS = ("row", "column", "rule", "value")
RULES = {
    "greater_than": "> {min_value}",
    "greater_than_or_equal_to": ">= {min_value}",
    "less_than": "< {max_value}",
    "less_than_or_equal_to": "<= {max_value}",
}
BOUNDS = {
    "greater_than": (operator.gt, "min_value"),
    "greater_than_or_equal_to": (operator.ge, "min_value"),
    "less_than": (operator.lt, "max_value"),
    "less_than_or_equal_to": (operator.le, "max_value"),
}
EMPTY = frozenset({"", "na", "n/a", "nan", "none", "null", "?"})


@dataclass(frozen=True, eq=False)
class Checked:
    """Rows that meet the table, under their row numbers, and one line for each failed (row, column, rule)."""

    table: Table
    valid: pd.DataFrame
    rejects: pd.DataFrame

    def matrix(self) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
        """The features of the valid rows in the table's order, (n, d), laid out column after column."""
        columns = np.empty((len(self.table.features), len(self.valid)))
        for place, name in zip(columns, self.table.features, strict=True):
            place[:] = self.valid[name].to_numpy()
        return columns.T


def check_rows(
    table: Table,
    frame: pd.DataFrame,
    *,
    labelled: bool = False,
    as_it_stood: Callable[[np.ndarray[Any, Any]], pd.DataFrame] | None = None,
) -> Checked:
    """Hold a frame's feature columns (float64, NaN where a cell is no number) against the table.

    The frame's index is the row number, unique. With ``labelled`` a row whose ``truth`` is not a class is turned away
    as well. ``as_it_stood`` gives the cells of rows, by position, as text; without it the numbers speak for themselves.
    """
    if not frame.index.is_unique:
        message = "rows need unique numbers; found some twice"
        raise ValueError(message)
    failures = [] if _meets(table.schema, frame) else _failures(table.schema, frame)
    if labelled:
        failures.append(("truth", "not a class", frame["truth"].isna().to_numpy()))
    bad = np.logical_or.reduce([mask for _, _, mask in failures], initial=False)
    if not np.any(bad):
        return Checked(table, frame, pd.DataFrame(columns=list(REJECT_COLUMNS)))
    text = as_it_stood(np.flatnonzero(bad)) if as_it_stood else frame.loc[bad].astype(str)
    text.index = frame.index[bad]
    return Checked(table, frame.loc[~bad], _rejects(frame, failures, text))


def _meets(schema: pa.DataFrameSchema, frame: pd.DataFrame) -> bool:
    if _only_bounds(schema, frame):
        return all(_within(column, frame[name].to_numpy()) for name, column in schema.columns.items())
    if not all(np.isfinite(frame[name].to_numpy()).all() for name in schema.columns):
        return False  # pandera lets infinity through where a bound is open
    with config_context(validation_enabled=True):
        try:
            schema.validate(frame, inplace=True)
        except SchemaError:
            return False
    return True


def _only_bounds(schema: pa.DataFrameSchema, frame: pd.DataFrame) -> bool:
    """Whether the smallest and the largest number of each column decide all that the schema asks of the frame."""
    asks = (schema.checks, schema.unique, schema.parsers, schema.index, schema.strict, schema.ordered)
    return not any(asks) and all(
        not (column.unique or column.parsers or column.regex)
        and all(check.name in BOUNDS for check in column.checks)
        and name in frame
        and frame[name].dtype == np.float64 == getattr(column.dtype, "type", None)
        for name, column in schema.columns.items()
    )


def _within(column: pa.Column, values: np.ndarray[Any, Any]) -> bool:
    """As pandera judges the whole column, but many times faster; an empty one meets everything."""
    ends = (values.min(), values.max()) if len(values) else ()  # both NaN where any is
    rules = [(*BOUNDS[check.name], check.statistics) for check in column.checks]
    return all(np.isfinite(end) and all(holds(end, told[name]) for holds, name, told in rules) for end in ends)


def _failures(schema: pa.DataFrameSchema, frame: pd.DataFrame) -> list[tuple[str, str, np.ndarray[Any, Any]]]:
    """Column, rule and mask of the rows that fail it: the table's own checks asked one by one, all rows at once."""
    failures = []
    for name, column in schema.columns.items():
        values = frame[name]
        finite = np.isfinite(values.to_numpy())
        missing = values.isna().to_numpy()
        failures += [(name, "missing", missing), (name, "finite", ~finite & ~missing)]
        for check in column.checks:
            failed = np.zeros(len(frame), dtype=bool)
            failed[finite] = ~check(values[finite]).check_output.to_numpy(dtype=bool)
            failures.append((name, _rule(check), failed))
    return [failure for failure in failures if failure[2].any()]


def _rule(check: Any) -> str:
    return RULES[check.name].format(**check.statistics) if check.name in RULES else str(check.error)


def _rejects(
    frame: pd.DataFrame, failures: list[tuple[str, str, np.ndarray[Any, Any]]], text: pd.DataFrame
) -> pd.DataFrame:
    parts = []
    for name, rule, mask in failures:
        rows = frame.index[mask]
        values = (text if name in text else frame).loc[rows, name].astype(object).fillna("").astype(str)
        rules = [_missing_rule(value) for value in values] if rule == "missing" else rule
        parts.append(pd.DataFrame({"row": rows, "column": name, "rule": rules, "value": values.to_numpy()}))
    return pd.concat(parts).sort_values("row", kind="stable", ignore_index=True)


def _missing_rule(value: str) -> str:
    return "missing" if value.strip().casefold() in EMPTY else "not a number"
