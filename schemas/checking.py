"""Checking: rows that meet a table on one side, the rejects with their reasons on the other."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from schemas.pandera_schema import schema_of
from schemas.rules import BOUNDS, ask, is_bound, rule_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pandera.pandas as pa

    from schemas.feature import Feature
    from schemas.table import Table

REJECT_COLUMNS = ("row", "column", "rule", "value")
EMPTY = frozenset({"", "na", "n/a", "nan", "none", "null", "?"})
MISSING = "missing"
NO_LEVEL = "not a level"
NO_NUMBER = ""  # the text of the cell decides which of two rules it is; no check is without a name

Failure = tuple[str | None, str, np.ndarray[Any, Any]]
"""A column, None for a rule across columns; the rule; and whether each row fails it, (n,)."""
Cells = Callable[[np.ndarray[Any, Any]], pd.DataFrame]
"""Gives the cells of rows, by position, as text."""


@dataclass(frozen=True, eq=False)
class Checked:
    """Rows that meet the table, under their row numbers, and one line for each failed (row, column, rule).

    A rule across columns has None for its column and no text for its value: which of the cells is wrong is unknown.
    """

    table: Table
    valid: pd.DataFrame
    rejects: pd.DataFrame

    def matrix(self) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
        """The features of the valid rows in the table's order, (n, d), laid out column after column.

        In a category's column stands the place of its level, -1 for none of them; in any, NaN for what is missing.
        """
        columns = np.empty((len(self.table.features), len(self.valid)))
        for place, name in zip(columns, self.table.features, strict=True):
            place[:] = self.valid[name].to_numpy()
        return columns.T


def check_rows(
    table: Table,
    frame: pd.DataFrame,
    *,
    labelled: bool = False,
    no_rows: np.ndarray[Any, Any] | None = None,
    as_it_stood: Cells | None = None,
) -> Checked:
    """Hold a frame's feature columns against the table: numbers (NaN where a cell is none), categories as text.

    The frame's index is the row number, unique. With ``labelled`` a row whose ``truth`` is not a class is turned away
    as well, and so is one that ``no_rows``, (n,), says is none: its ``truth`` is another word than a class.
    ``as_it_stood`` gives the cells of rows, by position, as text; without it the numbers speak for themselves.
    Rules across columns are asked of the rows all of whose features are finite; the others are rejected anyhow.
    TableError where a check of the table fails itself or does not answer for each row.
    """
    if not frame.index.is_unique:
        message = "rows need unique numbers; found some twice"
        raise ValueError(message)
    cells = as_it_stood or (lambda rows: frame.iloc[rows].astype(str))
    schema = schema_of(table)
    told = {name: level_codes(feature, frame[name]) for name, feature in table.categories.items()}
    failures = [*_of_numbers(table, schema, frame, cells), *_of_categories(table, schema, frame, told)]
    if labelled:
        failures.append(("truth", "not a class", frame["truth"].isna().to_numpy()))
    if no_rows is not None and no_rows.any():
        failures.append((table.label, "truth: not a class", no_rows))
    failures += _across_columns(table, schema, frame)
    frame = frame.assign(**told) if told else frame
    bad = np.logical_or.reduce([mask for _, _, mask in failures], initial=False)
    if not np.any(bad):
        return Checked(table, frame, pd.DataFrame(columns=list(REJECT_COLUMNS)))
    text = cells(np.flatnonzero(bad)).set_axis(frame.index[bad])
    if "truth" in frame:
        text = text.assign(**{table.label: frame["truth"].loc[text.index].astype(object)})
    return Checked(table, frame.loc[~bad], _rejects(frame, failures, text))


def level_codes(feature: Feature, values: pd.Series[Any]) -> np.ndarray[Any, np.dtype[np.float64]]:
    """The place of the level in each cell of a category, (n,); -1 where it is none of them, NaN where it is missing.

    Of numbers, which are such places already, themselves.
    """
    if pd.api.types.is_float_dtype(values.dtype):
        return values.to_numpy(dtype=float)
    texts: Any = values.astype("category").cat
    places = [float(feature.level_index(str(text))) for text in texts.categories]
    empty = [str(text).strip().casefold() in EMPTY for text in texts.categories]
    known = [np.nan if is_empty and place < 0 else place for place, is_empty in zip(places, empty, strict=True)]
    return np.asarray(np.array([*known, np.nan])[texts.codes.to_numpy()], dtype=float)


def raw_rows(table: Table, frame: pd.DataFrame) -> np.ndarray[Any, np.dtype[np.float64]]:
    """The features of rows as `Checked.matrix` has them, (n, d), whether or not they meet the table."""
    values = [
        level_codes(table.categories[name], frame[name]) if name in table.categories else frame[name].to_numpy()
        for name in table.features
    ]
    return np.stack(values, axis=1)


def _of_numbers(table: Table, schema: pa.DataFrameSchema, frame: pd.DataFrame, cells: Cells) -> Iterator[Failure]:
    """What rows fail of the rules of single numbers: only columns that their two ends do not clear are asked."""
    for feature in table.columns:
        column = schema.columns[feature.name]
        if not feature.is_category and not _within(column, frame[feature.name].to_numpy()):
            failures = _of_number(feature, column, frame[feature.name], cells)
            yield from (failure for failure in failures if failure[2].any())


def _of_categories(
    table: Table, schema: pa.DataFrameSchema, frame: pd.DataFrame, told: dict[str, np.ndarray[Any, Any]]
) -> Iterator[Failure]:
    """What rows fail of the rules of single categories."""
    for name, codes in told.items():
        feature = table.categories[name]
        failures = [(name, MISSING, np.isnan(codes))] if feature.missing == "reject" else []
        failures += [(name, NO_LEVEL, codes < 0)] if feature.unseen == "reject" else []
        others = [check for check in schema.columns[name].checks if check.name != "isin"]
        failures += [(name, rule_of(check), _failed(check, frame[name], codes >= 0)) for check in others]
        yield from (failure for failure in failures if failure[2].any())


def _within(column: pa.Column, values: np.ndarray[Any, Any]) -> bool:
    """Whether the smallest and the largest number show that the whole column meets its rules; an empty one does."""
    if not all(is_bound(check) for check in column.checks):
        return False
    ends = (values.min(), values.max()) if len(values) else ()  # both NaN where any is
    rules = [(*BOUNDS[check.name], check.statistics) for check in column.checks]
    return all(
        np.isfinite(end) and all(holds(end, statistics[name]) for holds, name, statistics in rules) for end in ends
    )


def _of_number(feature: Feature, column: pa.Column, values: pd.Series[Any], cells: Cells) -> Iterator[Failure]:
    finite = np.isfinite(values.to_numpy())
    missing = values.isna().to_numpy()
    yield feature.name, NO_NUMBER, missing if feature.missing == "reject" else _no_number(feature.name, missing, cells)
    yield feature.name, "finite", ~finite & ~missing
    for check in column.checks:
        yield feature.name, rule_of(check), _failed(check, values, finite)


def _no_number(name: str, missing: np.ndarray[Any, Any], cells: Cells) -> np.ndarray[Any, Any]:
    """Which of the cells without a number hold something else all the same, (n,)."""
    rows = np.flatnonzero(missing)
    texts: list[str] = [*cells(rows)[name].astype(object).fillna("").astype(str)] if len(rows) else []
    holds = np.zeros(len(missing), dtype=bool)
    holds[rows] = [_missing_rule(text) != MISSING for text in texts]
    return holds


def _across_columns(table: Table, schema: pa.DataFrameSchema, frame: pd.DataFrame) -> list[Failure]:
    if not schema.checks:
        return []
    features = frame[list(schema.columns)]
    finite = np.isfinite(features[list(table.numbers)].to_numpy()).all(axis=1)
    failures = [(None, rule_of(check), _failed(check, features, finite)) for check in schema.checks]
    return [failure for failure in failures if failure[2].any()]


def _failed(check: Any, values: pd.Series[Any] | pd.DataFrame, finite: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    failed = np.zeros(len(values), dtype=bool)
    if finite.any():
        failed[finite] = ~ask(check, values[finite])
    return failed


def _rejects(frame: pd.DataFrame, failures: list[Failure], text: pd.DataFrame) -> pd.DataFrame:
    parts = []
    for name, rule, mask in failures:
        rows = frame.index[mask]
        values = [""] * len(rows) if name is None else _as_text(text if name in text else frame, rows, name)
        rules = [_missing_rule(value) for value in values] if rule == NO_NUMBER else rule
        parts.append(pd.DataFrame({"row": rows, "column": name, "rule": rules, "value": values}))
    return pd.concat(parts).sort_values("row", kind="stable", ignore_index=True)


def _as_text(cells: pd.DataFrame, rows: pd.Index[Any], name: str) -> list[str]:
    return list(cells.loc[rows, name].astype(object).fillna("").astype(str))


def _missing_rule(value: str) -> str:
    return MISSING if value.strip().casefold() in EMPTY else "not a number"
