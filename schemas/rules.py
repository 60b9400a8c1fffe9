"""Rules: the checks of a table, asked of rows; each has a name and an answer for every row."""

from __future__ import annotations

import operator
from typing import Any

import numpy as np
import pandas as pd

from schemas.errors import TableError, described

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


def is_bound(check: Any) -> bool:
    """Whether the smallest and the largest number of a column decide a check."""
    return check.name in BOUNDS and BOUNDS[check.name][1] in check.statistics


def ask(check: Any, values: pd.Series[Any] | pd.DataFrame) -> np.ndarray[Any, Any]:
    """Whether each row meets a check, (n,); TableError where it fails itself or does not answer row by row."""
    try:
        return answers_of(check, values)
    except TableError:
        raise
    except Exception as error:
        message = f"check {check.name}: cannot be asked; found {described(error)}; return true or false for each row"
        raise TableError(message) from error


def answers_of(check: Any, values: pd.Series[Any] | pd.DataFrame) -> np.ndarray[Any, Any]:
    """Whether each row meets a check, (n,); of several answers for a row all must be true, and none is no."""
    answers = check(values).check_output
    if not isinstance(answers, pd.Series | pd.DataFrame) or not answers.index.equals(values.index):
        found = f"a {type(answers).__name__}"
        message = f"check {check.name}: does not answer row by row; found {found}; return true or false for each row"
        raise TableError(message)
    return np.asarray(pd.DataFrame(answers).to_numpy(dtype=bool, na_value=False).all(axis=1))


def rule_of(check: Any) -> str:
    """A bound as people write it, any other check by its name and what it was given."""
    if is_bound(check):
        return RULES[check.name].format(**check.statistics)
    given = ", ".join(f"{name}={_in_order(value)}" for name, value in check.statistics.items())
    return f"{check.name}({given})" if given else str(check.name)


def _in_order(value: object) -> object:
    return sorted(value, key=str) if isinstance(value, set | frozenset) else value
