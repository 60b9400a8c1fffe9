"""A network: frozen weights and biases between layers of tanh, softmax at the end."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from nn.arrays import Array, Random

Init: TypeAlias = Literal["article", "glorot"]

SMALLEST_PROBABILITY = 1e-12  # below it a logarithm says nothing more


@dataclass(frozen=True, eq=False)
class Network:
    """Weights (inputs, outputs) and biases (outputs,) of each layer; a stack of s networks has a leading axis s."""

    weights: tuple[Array, ...]
    biases: tuple[Array, ...]

    @property
    def sizes(self) -> tuple[int, ...]:
        """The width of every layer, inputs first: (13, 8, 5, 3)."""
        return (self.weights[0].shape[-2], *(weight.shape[-1] for weight in self.weights))

    def member(self, index: int) -> Network:
        """One network of a stack."""
        return Network(
            tuple(weight[index].copy() for weight in self.weights),
            tuple(bias[index].copy() for bias in self.biases),
        )


def init_network(sizes: Sequence[int], rng: Random, init: Init) -> Network:
    """Draw the weights of a network; biases start at zero.

    ``glorot``: uniform within sqrt(6 / (inputs + outputs)) (Glorot and Bengio, 2010).
    ``article``: 2 normal - 1, the last layer 2 uniform - 1, in this order, as the teaching article draws them.
    """
    pairs = list(zip(sizes[:-1], sizes[1:], strict=True))
    if init == "glorot":
        weights = [rng.uniform(-1, 1, pair) * np.sqrt(6 / sum(pair)) for pair in pairs]
    else:
        weights = [2 * rng.standard_normal(pair) - 1 for pair in pairs[:-1]]
        weights.append(rng.uniform(-1, 1, pairs[-1]))
    return Network(tuple(weights), tuple(np.zeros(size) for size in sizes[1:]))


def softmax(scores: Array) -> Array:
    """Probabilities over the last axis: (..., k) -> (..., k); the row maximum is subtracted, so nothing overflows."""
    powers = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return powers / powers.sum(axis=-1, keepdims=True)  # type: ignore[no-any-return]


def predict_proba(network: Network, x: Array) -> Array:
    """Class probabilities of standardized rows: (n, d) -> (n, k), and (s, n, k) from a stack."""
    *hidden, last = zip(network.weights, network.biases, strict=True)
    for weight, bias in hidden:
        x = np.tanh(x @ weight + bias[..., None, :])
    return softmax(x @ last[0] + last[1][..., None, :])


def cross_entropy(probabilities: Array, y: Array) -> float:
    """Mean of -log of the probability given to the true class; (n, k) and one-hot (n, k), in nats."""
    return float(-np.log(np.maximum(probabilities[y.astype(bool)], SMALLEST_PROBABILITY)).mean())
