r"""Backpropagation: passes of a stack of networks over the rows it holds, forward and back.

With a0 = x, layers z = W a + b, a = tanh z and p = softmax of the last z, the loss over m rows is
-(1/m) sum y log p. Softmax and cross-entropy together leave dz = p - y at the last layer, and then, layer by layer,

    dW = (1/m) dz a_before^T,   db = (1/m) row sums of dz,   dz_before = (W^T dz) (1 - a_before^2),

the last because tanh' z = 1 - tanh(z)^2 = 1 - a^2. Each column's share of the mean, 1/m, multiplies dz once.

The arrays are feature-major, (s, features, n): long contiguous rows are what NumPy and the matrix products are fast on.
Every activation carries a row of ones and every matrix its biases as a last column, so that one product does both.
Every buffer is made once: to take a gradient allocates nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from nn.hidden import Hidden
from nn.network import SMALLEST_PROBABILITY, Network
from nn.parameters import Parameters, plain, turned

if TYPE_CHECKING:
    from nn.arrays import Array


class Backpropagation:
    """The passes of the s networks with these parameters over n columns (rows of the table); each leaves a gradient.

    ``x`` (s, d, n) and one-hot ``y`` (s, k, n) are the rows held, ``share`` (s, n) is each one's share of the mean, 0
    where a column holds none. ``seen`` is what the gradient is taken at: ``x`` itself, unless the rows are ``moved``.
    """

    def __init__(self, parameters: Parameters, columns: int, *, moved: bool = False) -> None:
        stack, sizes = len(parameters.flat), parameters.sizes
        held, y, share = (np.zeros((stack, size, columns)) for size in (sizes[0] + 1, sizes[-1], 1))
        held[:, -1] = 1
        seen = held.copy() if moved else held
        self.x, self.seen, self.y, self.share = held[:, :-1], seen[:, :-1], y, share[:, 0]
        self._x, self._seen, self._y, self._share = map(plain, (held, seen, y, share))
        self._turned = turned(self._seen)
        self._scores, self._row = np.zeros_like(self._y), np.zeros_like(self._share)
        self._hidden, self._last = Hidden(parameters, columns), plain(parameters.matrices[-1])
        self.gradient = Parameters(stack, sizes)
        self._slopes = [plain(matrix) for matrix in self.gradient.matrices]

    def differentiate(self) -> None:
        """Leave in ``gradient`` that of the mean loss on the rows, as they are seen."""
        error = self._probabilities(self._seen)
        error -= self._y
        error *= self._share
        self._hidden.take_slopes()
        product, (first, *others) = self.gradient.product, self._slopes
        for layer, slopes in zip(reversed(self._hidden.layers), reversed(others), strict=True):
            product(error, layer.turned, slopes)
            error = product(layer.above, error, layer.error)
            error *= layer.slope
        product(error, self._turned, first)

    def _probabilities(self, x: Array) -> Array:
        """Those of columns x with their row of ones: a buffer, overwritten by the next pass."""
        scores = self.gradient.product(self._last, self._hidden.activate(x), self._scores)
        scores -= np.maximum.reduce(scores, axis=-2, keepdims=True, out=self._row)
        np.exp(scores, out=scores)
        scores /= np.add.reduce(scores, axis=-2, keepdims=True, out=self._row)
        return scores

    def loss(self) -> Array:
        """Mean cross-entropy of each network on the rows held, as they are, (s,), in nats."""
        likely = np.sum(self._probabilities(self._x) * self._y, axis=-2)
        loss: Array = -np.sum(np.log(np.maximum(likely, SMALLEST_PROBABILITY)) * self.share, axis=-1)
        return loss

    def accuracy(self) -> Array:
        """Share of the rows held, as they are, that each network gets right, (s,)."""
        right = self._probabilities(self._x).argmax(axis=-2) == self._y.argmax(axis=-2)
        held = self.share > 0
        share: Array = (right & held).sum(axis=-1) / held.sum(axis=-1)
        return share


@np.errstate(over="ignore")  # of exp, on the way to a tanh of 1
def loss_and_gradients(network: Network, x: Array, y: Array) -> tuple[float, Network]:
    """Mean cross-entropy of a network on standardized x (n, d), one-hot y (n, k), and its gradient, a Network."""
    stack = Network(tuple(w[None] for w in network.weights), tuple(b[None] for b in network.biases))
    passes = Backpropagation(Parameters.of(stack), len(x))
    passes.x[:], passes.y[:], passes.share[:] = x.T, y.T, 1 / len(x)
    passes.differentiate()
    return float(passes.loss()[0]), passes.gradient.networks().member(0)
