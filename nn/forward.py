"""The forward pass in one precision: raw measurements to probabilities, and how far these may be from the exact ones.

The bound follows the errors from layer to layer (Higham, "Accuracy and Stability of Numerical Algorithms", 2002,
chapter 3), with u half of the machine epsilon. A sum of n products and a bias, added in any order, is off by at most
(n + 4) u times the sum of their magnitudes, and by what its inputs are off; tanh passes an error on, never enlarged,
and adds a few u. A probability is off by a share of twice the largest error of a score, and a few u for the softmax.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Self

import numpy as np

from nn.arrays import farthest

if TYPE_CHECKING:
    from nn.arrays import Numbers, Precision
    from nn.encoding import Standardizer
    from nn.network import Network

BLOCK: Final = 16_384  # rows at once: of more the numbers leave the caches, of fewer threads wait for the interpreter
TANH: Final = 32  # units: the exponential to 4 in the last place, and three operations
SOFTMAX: Final = 24  # units: two exponentials, a sum and a division
SAFETY: Final = 2  # for products of errors, which the bound leaves out
LARGEST_ERROR: Final = 1e-3  # beyond it they count, and the bound says nothing


@dataclass(frozen=True, eq=False)
class Forward:
    """Means (d,), and weights (outputs, inputs) and biases (outputs, 1) of the layers, the scale within the first."""

    mean: Numbers
    layers: tuple[tuple[Numbers, Numbers], ...]

    @classmethod
    def of(cls, standardizer: Standardizer, network: Network, precision: Precision) -> Self:
        """The forward pass of a network on raw rows, all of it in this precision."""
        weights = [weight.astype(precision) for weight in network.weights]
        biases = [bias.astype(precision) for bias in network.biases]
        weights[0] = weights[0] / standardizer.scale.astype(precision)[:, None]
        layers = [(np.ascontiguousarray(weight.T), bias[:, None]) for weight, bias in zip(weights, biases, strict=True)]
        return cls(standardizer.mean.astype(precision), tuple(layers))

    @property
    def precision(self) -> Precision:
        """The type of the numbers it computes with."""
        return self.layers[0][0].dtype.type

    def __call__(self, columns: Numbers) -> Numbers:
        """Probabilities of raw rows as columns: (d, n) -> (k, n)."""
        *hidden, (weight, bias) = self.layers
        columns = columns - self.mean[:, None]
        with np.errstate(over="ignore"):  # exp may be infinite, tanh is 1 then
            for inner, offset in hidden:
                columns = inner @ columns
                columns += offset
                _tanh(columns)
        scores = weight @ columns
        scores += bias
        return _softmax(scores)

    def error(self, x: Numbers) -> float:
        """The largest relative error of a probability of raw rows (n, d)."""
        unit = float(np.finfo(self.precision).eps) / 2
        size, error = farthest(x, self.mean), np.zeros(len(self.mean))
        for weight, bias in self.layers:
            magnitude = np.abs(weight).astype(float)
            sums = magnitude @ size + np.abs(bias[:, 0]).astype(float)
            error = magnitude @ error + (len(size) + 4) * unit * sums
            size, worst = np.ones(len(sums)), float(error.max())
            error = error + TANH * unit
        return SAFETY * (2 * worst + (4 * float(sums.max()) + SOFTMAX + len(sums)) * unit)


def _tanh(sums: Numbers) -> None:
    """In place, as 1 - 2 / (exp(2 a) + 1): to a few u of 1, and for most processors in half the time of `np.tanh`."""
    sums *= 2
    np.exp(sums, out=sums)
    sums += 1
    np.divide(2, sums, out=sums)
    np.subtract(1, sums, out=sums)


def _softmax(scores: Numbers) -> Numbers:
    """In place, over the first axis."""
    scores -= scores.max(axis=0)
    np.exp(scores, out=scores)
    scores /= scores.sum(axis=0)
    return scores
