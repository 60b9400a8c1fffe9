r"""Backpropagation: one pass of a stack of networks over the rows it holds, forward and back.

With a0 = x, layers z = a W + b, a = tanh z and p = softmax of the last z, the loss over m rows is
-(1/m) sum y log p. Softmax and cross-entropy together leave dz = p - y at the last layer, and then, layer by layer,

    dW = (1/m) a_before^T dz,   db = (1/m) column sums of dz,   dz_before = (dz W^T) (1 - a_before^2),

the last because tanh' z = 1 - tanh(z)^2 = 1 - a^2.

The arrays are feature-major, (s, features, n): long contiguous rows are what tanh and the matrix products are fast on.
Every activation carries a row of ones and every weight matrix its biases as a last row, so that one product does both.
All parameters of a stack lie in one array (s, p), the gradient in another of the same shape, and every buffer is made
once: an epoch allocates nothing.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from nn.network import SMALLEST_PROBABILITY, Network

if TYPE_CHECKING:
    from nn.arrays import Array


class Backpropagation:
    """Buffers for s networks of these sizes over n columns (rows of the table), and the passes over them."""

    def __init__(self, network: Network, columns: int) -> None:
        sizes = network.sizes
        self.stack = network.weights[0].shape[0]
        self._layers = [(inputs + 1, outputs) for inputs, outputs in pairwise(sizes)]
        length = sum(rows * outputs for rows, outputs in self._layers)
        self.parameters = np.zeros((self.stack, length))
        self.gradient = np.zeros((self.stack, length))
        self._matrices = self._views(self.parameters)
        self._slopes = self._views(self.gradient)
        for matrix, weight, bias in zip(self._matrices, network.weights, network.biases, strict=True):
            matrix[:, :-1], matrix[:, -1] = weight, bias
        self._activations = [np.ones((self.stack, size + 1, columns)) for size in sizes[:-1]]
        self._errors = [np.zeros((self.stack, size, columns)) for size in sizes[1:]]
        self._slack = [np.zeros((self.stack, size, columns)) for size in sizes[1:-1]]
        self._row = np.zeros((self.stack, 1, columns))
        self._y = np.zeros((self.stack, sizes[-1], columns))
        self._share = np.zeros((self.stack, 1, columns))
        self.decayed = np.zeros(length, dtype=bool)
        for matrix in self._views(self.decayed[None]):
            matrix[:, :-1] = True

    def _views(self, flat: np.ndarray) -> list[np.ndarray]:
        ends = np.cumsum([rows * outputs for rows, outputs in self._layers])
        return [
            part.reshape(len(flat), *layer)
            for part, layer in zip(np.split(flat, ends[:-1], axis=1), self._layers, strict=True)
        ]

    def load(self, x: Array, y: Array, share: Array) -> None:
        """Take the rows in: x (s, d, n), one-hot y (s, k, n), and each row's share of the mean (s, n)."""
        self._activations[0][:, :-1], self._y[:], self._share[:, 0] = x, y, share

    def see(self, x: Array) -> None:
        """Put other measurements x (s, d, n) in place of those of the rows held."""
        self._activations[0][:, :-1] = x

    def forward(self) -> Array:
        """Probabilities of the rows held, (s, k, n): a buffer, overwritten by `backward`."""
        for layer, matrix in enumerate(self._matrices[:-1]):
            hidden = self._activations[layer + 1][:, :-1]
            np.matmul(matrix.swapaxes(1, 2), self._activations[layer], out=self._errors[layer])
            np.tanh(self._errors[layer], out=hidden)
        scores = self._errors[-1]
        np.matmul(self._matrices[-1].swapaxes(1, 2), self._activations[-1], out=scores)
        scores -= np.max(scores, axis=1, keepdims=True, out=self._row)
        np.exp(scores, out=scores)
        scores /= np.sum(scores, axis=1, keepdims=True, out=self._row)
        return scores

    def backward(self) -> None:
        """Leave the gradient of the mean loss in `gradient`; follows `forward`."""
        error = self._errors[-1]
        error -= self._y
        error *= self._share
        for layer in range(len(self._matrices) - 1, 0, -1):
            activation, slack = self._activations[layer], self._slack[layer - 1]
            np.matmul(activation, error.swapaxes(1, 2), out=self._slopes[layer])
            np.multiply(activation[:, :-1], activation[:, :-1], out=slack)
            np.subtract(1, slack, out=slack)
            before = self._errors[layer - 1]
            np.matmul(self._matrices[layer][:, :-1], error, out=before)
            before *= slack
            error = before
        np.matmul(self._activations[0], error.swapaxes(1, 2), out=self._slopes[0])

    def loss(self) -> Array:
        """Mean cross-entropy of each network on the rows held, (s,), in nats; follows `forward`."""
        likely = np.sum(self._errors[-1] * self._y, axis=1, keepdims=True)
        loss: Array = -np.sum(np.log(np.maximum(likely, SMALLEST_PROBABILITY)) * self._share, axis=(1, 2))
        return loss

    def accuracy(self) -> Array:
        """Share of the rows held that each network gets right, (s,); follows `forward`."""
        right = self._errors[-1].argmax(axis=1) == self._y.argmax(axis=1)
        held = self._share[:, 0] > 0
        share: Array = (right & held).sum(axis=1) / held.sum(axis=1)
        return share

    def network(self) -> Network:
        """The networks as they stand now, as frozen data of their own."""
        return self._as_network(self._matrices)

    def gradients(self) -> Network:
        """The gradient as it stands now, in the shape of the networks."""
        return self._as_network(self._slopes)

    def _as_network(self, matrices: list[np.ndarray]) -> Network:
        return Network(
            tuple(matrix[:, :-1].copy() for matrix in matrices), tuple(matrix[:, -1].copy() for matrix in matrices)
        )


def loss_and_gradients(network: Network, x: Array, y: Array) -> tuple[float, Network]:
    """Mean cross-entropy of a network on standardized x (n, d), one-hot y (n, k), and its gradient, a Network."""
    stack = Network(tuple(w[None] for w in network.weights), tuple(b[None] for b in network.biases))
    passes = Backpropagation(stack, len(x))
    passes.load(x.T[None], y.T[None], np.full((1, len(x)), 1 / len(x)))
    passes.forward()
    loss = float(passes.loss()[0])
    passes.backward()
    return loss, passes.gradients().member(0)
