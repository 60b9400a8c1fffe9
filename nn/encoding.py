"""Encoding: raw rows as the inputs of a network, inputs as z-scores, classes as one-hot rows."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Final

import numpy as np

from nn.columns import NUMBER, Column

if TYPE_CHECKING:
    from collections.abc import Sequence

    from nn.arrays import Array, Flags


@dataclass(frozen=True)
class Encoding:
    """What the columns of raw rows hold, in their order; where none is named, all are numbers that are never missing.

    A number becomes one input, a category one for each level, 0 or 1, each followed by one for what is none of the
    levels and one for a missing value where these are allowed.
    """

    columns: tuple[Column, ...] = ()

    @cached_property
    def plain(self) -> bool:
        """Whether raw rows are the inputs themselves."""
        return all(column == NUMBER for column in self.columns)

    def across(self, width: int) -> tuple[Column, ...]:
        """The columns of raw rows so wide."""
        return self.columns or (NUMBER,) * width

    def width(self, columns: int) -> int:
        """The inputs that so many columns become."""
        return sum(column.width for column in self.across(columns))

    def numbers(self, columns: int) -> list[int]:
        """Which of so many columns hold numbers."""
        return [at for at, column in enumerate(self.across(columns)) if not column.levels]

    def flags(self, columns: int) -> Flags:
        """Which inputs of so many columns are 0 or 1, (D,)."""
        said = [bool(column.levels or text) for column in self.across(columns) for text in column.said]
        return np.array(said, dtype=bool)

    def names(self, features: Sequence[str]) -> list[str]:
        """What the inputs of columns of these names say, for people.

        >>> Encoding((Column(missing=True), Column(("red", "white")))).names(["hue", "colour"])
        ['hue', 'hue: missing', 'colour: red', 'colour: white']
        """
        columns = zip(features, self.across(len(features)), strict=True)
        return [f"{name}: {text}" if text else name for name, column in columns for text in column.said]

    def inputs(self, x: Array) -> Array:
        """Raw rows (n, d) to inputs (n, D), missing numbers still NaN; the same array where it is plain."""
        if self.plain:
            return x
        inputs = np.zeros((self.width(x.shape[1]), len(x))).T  # column after column, as they are written and read
        start = 0
        for column, values in zip(self.columns, x.T, strict=True):
            column.write(values, inputs[:, start : start + column.width])
            start += column.width
        return inputs


PLAIN: Final = Encoding()
"""Numbers alone, and none of them missing."""


@dataclass(frozen=True, eq=False)
class Standardizer:
    """Mean and population standard deviation of each input, (d,) each, in the input's own unit."""

    mean: Array
    scale: Array

    def transform(self, x: Array) -> Array:
        """Inputs to z-scores, (n, d) -> (n, d), 0 where one is missing."""
        return (self.filled(x) - self.mean) / self.scale

    def filled(self, x: Array) -> Array:
        """Inputs (n, d) with the mean where one is missing; the same array where none is."""
        missing = np.isnan(x)
        return np.where(missing, self.mean, x) if missing.any() else x


def fit_standardizer(x: Array, flags: Flags | None = None) -> Standardizer:
    """Mean and population SD of the values there are in each column of inputs x (n, d).

    A constant column gets scale 1 and so becomes zeros; columns that are ``flags``, (d,), stay the 0 and 1 they are.
    """
    rows = np.ascontiguousarray(x)  # the sums of a transposed array come in another order
    mean, scale = rows.mean(axis=0), rows.std(axis=0)
    constant = np.ptp(rows, axis=0) == 0
    mean, scale = np.where(constant, rows[0], mean), np.where(constant, 1.0, scale)
    for column in np.flatnonzero(np.isnan(rows.min(axis=0))):
        mean[column], scale[column] = _of_present(rows[:, column])
    if flags is not None:
        mean[flags], scale[flags] = 0.0, 1.0
    return Standardizer(mean, scale)


def _of_present(values: Array) -> tuple[float, float]:
    """Mean and SD of those values (n,) that are not missing; 0 and 1 where all are."""
    present = values[~np.isnan(values)]
    if not len(present):
        return 0.0, 1.0
    fitted = fit_standardizer(present[:, None])
    return float(fitted.mean[0]), float(fitted.scale[0])


def one_hot(indices: np.ndarray[tuple[int, ...], np.dtype[np.intp]], classes: int) -> Array:
    """Class indices (n,), 0 to classes - 1, to rows of zeros with a one at the index, (n, classes)."""
    if len(indices) and not 0 <= indices.min() <= indices.max() < classes:
        message = f"class indices run from 0 to {classes - 1}; found {indices.min()} to {indices.max()}"
        raise ValueError(message)
    return np.eye(classes)[indices]
