"""A classifier: features, classes, encoding, standardizer and network as one; raw rows in, probabilities out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from nn.encoding import PLAIN
from nn.exact import exact_probabilities, nearest
from nn.forward import BLOCK, LARGEST_ERROR, Forward

if TYPE_CHECKING:
    from nn.arrays import Array, Numbers, Precision, Rows, Shares
    from nn.conformal import Conformal
    from nn.encoding import Encoding, Standardizer
    from nn.network import Network


@dataclass(frozen=True, eq=False)
class Classifier:
    """The names of d features and k classes in their order, and what turns raw rows into probabilities."""

    features: tuple[str, ...]
    classes: tuple[str, ...]
    standardizer: Standardizer
    network: Network
    conformal: Conformal | None = None
    encoding: Encoding = PLAIN

    def __post_init__(self) -> None:
        """Refuse parts that do not fit together, naming the one that is off."""
        width, *_, outputs = self.network.sizes
        columns = len(self.features)
        for name, found, expected in (
            ("encoding", len(self.encoding.across(columns)), columns),
            ("features", self.encoding.width(columns), width),
            ("classes", len(self.classes), outputs),
            ("standardizer", len(self.standardizer.mean), width),
            ("standardizer", len(self.standardizer.scale), width),
        ):
            if found != expected:
                message = f"{name}: the network {self.network.sizes} takes {expected}; found {found}"
                raise ValueError(message)

    def predict_proba(self, x: Array) -> Shares:
        """Class probabilities of raw rows: (n, d) -> (n, k); see `nn.columns` for what a value may be.

        Each is the exact value of the network's function of its parameters and the row, rounded to the nearest
        float32: no processor, number of threads or other row has any part in it.
        """
        return self._rounded(self.inputs(x), np.float64, np.longdouble).T

    def typicality(self, x: Array) -> Array:
        """The p-value of each raw row (n, d) being like the training rows, (n,), as `nn.conformal` has it.

        ValueError where nothing was held out to compare with.
        """
        if self.conformal is None:
            message = "typicality: expected a classifier with a conformal part; found one without"
            raise ValueError(message)
        return self.conformal.typicality(self.inputs(x))

    def inputs(self, x: Array) -> Array:
        """Raw rows (n, d) as the network's inputs (n, D), missing numbers as the mean of the training rows."""
        if x.shape[1:] != (len(self.features),):
            message = f"expected rows of {len(self.features)} features; found an array of shape {x.shape}"
            raise ValueError(message)
        return x if self.encoding.plain else self.standardizer.filled(self.encoding.inputs(x))

    def _rounded(self, x: Numbers, precision: Precision, *finer: Precision) -> Shares:
        """Probabilities (k, n) of inputs (n, D), what rounding leaves undecided in this precision in the finer."""
        shares = np.empty((len(self.classes), len(x)), dtype=np.float32)
        undecided = _round(Forward.of(self.standardizer, self.network, precision), x, shares)
        if len(undecided) and finer:
            shares[:, undecided] = self._rounded(x[undecided].astype(finer[0]), *finer)
        elif len(undecided):
            shares[:, undecided] = np.stack([self._exact(row) for row in x[undecided].astype(float)], axis=1)
        return shares

    def _exact(self, row: Array) -> list[np.float32]:
        return [nearest(each) for each in exact_probabilities(self.standardizer, self.network, row)]


def _round(forward: Forward, x: Numbers, shares: Shares) -> Rows:
    """Probabilities of inputs (n, D) rounded into shares (k, n); the rows where the error could round otherwise."""
    error = forward.error(x)
    if not error <= LARGEST_ERROR:  # which no number is that is none
        return np.arange(len(x))
    undecided, one = [np.empty(0, dtype=np.intp)], forward.precision(1)  # 1 - error of a plain float could be 1
    for start in range(0, len(x), BLOCK):
        block = slice(start, start + BLOCK)
        found = forward(x[block].T)
        shares[:, block] = found
        lower, upper = ((found * each).astype(np.float32) for each in (one - error, one + error))
        undecided.append(start + np.flatnonzero((lower != upper).any(axis=0)))
    return np.concatenate(undecided)
