"""Parameters: those of a stack of networks in one flat array, each layer a matrix that is a view of it."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from nn.network import Network

if TYPE_CHECKING:
    from collections.abc import Callable

    from nn.arrays import Array


class Parameters:
    """The parameters of s networks of these sizes, zeros at first: all of them are ``flat``, (s, p).

    ``matrices`` has a view of it for each layer, (s, outputs, inputs + 1): the weights, and as last column the biases.
    ``product`` is the matrix product of what `plain` makes of stacks of s: `dot` starts quicker than `matmul`.
    """

    def __init__(self, stack: int, sizes: tuple[int, ...]) -> None:
        shapes = [(outputs, inputs + 1) for inputs, outputs in pairwise(sizes)]
        ends = np.cumsum([rows * columns for rows, columns in shapes])
        self.sizes = sizes
        self.product: Callable[[Array, Array, Array], Array] = np.dot if stack == 1 else np.matmul
        self.flat: Array = np.zeros((stack, ends[-1]))
        parts = np.split(self.flat, ends[:-1], axis=1)
        self.matrices: list[Array] = [part.reshape(stack, *shape) for part, shape in zip(parts, shapes, strict=True)]

    @classmethod
    def of(cls, networks: Network) -> Parameters:
        """Those of a stack of networks, copied."""
        parameters = cls(len(networks.weights[0]), networks.sizes)
        for matrix, weight, bias in zip(parameters.matrices, networks.weights, networks.biases, strict=True):
            matrix[..., :-1], matrix[..., -1] = weight.swapaxes(1, 2), bias
        return parameters

    @classmethod
    def decayed(cls, sizes: tuple[int, ...]) -> Parameters:
        """Ones in the place of the weights, zeros in that of the biases, which no decay touches."""
        parameters = cls(1, sizes)
        for matrix in parameters.matrices:
            matrix[..., :-1] = 1
        return parameters

    def networks(self) -> Network:
        """The stack as it stands now, as frozen data of its own."""
        return Network(
            tuple(matrix[..., :-1].swapaxes(1, 2).copy() for matrix in self.matrices),
            tuple(matrix[..., -1].copy() for matrix in self.matrices),
        )


def plain(stack: Array) -> Array:
    """A stack of one as a plain matrix, which NumPy is quicker to be called with; any other as it is. A view."""
    return stack[0] if len(stack) == 1 else stack


def turned(matrices: Array) -> Array:
    """Each matrix transposed: a view."""
    return matrices.swapaxes(-1, -2)
