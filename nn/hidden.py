"""Hidden layers: the activations of a stack of networks, and the slopes of tanh where they stand.

tanh z = 1 - 2 / (exp 2z + 1) to within 4.5e-16, and where the processor has no AVX-512 NumPy's exp takes half the time
of its tanh or less. The matrices of hidden layers are doubled to give 2z; where exp overflows, tanh is 1.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from nn.parameters import Parameters, plain, turned

if TYPE_CHECKING:
    from nn.arrays import Array

ONE: Final = np.array(1.0)  # a number of Python's would be converted again at each call
TWO: Final = np.array(2.0)


@dataclass(frozen=True, eq=False)
class Layer:
    """The views a hidden layer needs: made once, for each would take as long as a small product.

    ``doubled`` is its matrix, ``above`` that of the layer above it, turned and without biases. ``activation`` is its
    ``units`` and a row of ones, ``turned`` the same turned; ``slope`` is 1 - units^2, ``error`` a buffer of its shape.
    """

    doubled: Array
    above: Array
    activation: Array
    turned: Array
    units: Array
    slope: Array
    error: Array


class Hidden:
    """The hidden layers of the networks with these parameters, over so many columns: ``layers``, the lowest first."""

    def __init__(self, parameters: Parameters, columns: int) -> None:
        stack, sizes = len(parameters.flat), parameters.sizes[1:-1]
        self._parameters, self._doubled = parameters, Parameters(stack, parameters.sizes)
        self._activations = plain(np.ones((stack, sum(sizes) + len(sizes), columns)))
        self._slopes = np.zeros_like(self._activations)
        ends = np.cumsum([size + 1 for size in sizes])
        self.layers = [
            self._layer(index, end - size - 1, end) for index, (end, size) in enumerate(zip(ends, sizes, strict=True))
        ]

    def _layer(self, index: int, start: int, end: int) -> Layer:
        activation, slope = self._activations[..., start:end, :], self._slopes[..., start : end - 1, :]
        return Layer(
            doubled=plain(self._doubled.matrices[index]),
            above=turned(plain(self._parameters.matrices[index + 1])[..., :-1]),
            activation=activation,
            turned=turned(activation),
            units=activation[..., :-1, :],
            slope=slope,
            error=np.zeros_like(slope, order="C"),
        )

    def activate(self, x: Array) -> Array:
        """The highest activation for columns x, each activation in its buffer; x itself where no layer is hidden."""
        np.add(self._parameters.flat, self._parameters.flat, out=self._doubled.flat)
        product = self._parameters.product
        for layer in self.layers:
            powers = product(layer.doubled, x, layer.error)
            np.exp(powers, out=powers)
            powers += ONE
            np.divide(TWO, powers, out=powers)
            np.subtract(ONE, powers, out=layer.units)
            x = layer.activation
        return x

    def take_slopes(self) -> None:
        """Fill in the slopes; of all layers at once, for they lie side by side."""
        np.multiply(self._activations, self._activations, out=self._slopes)
        np.subtract(ONE, self._slopes, out=self._slopes)
