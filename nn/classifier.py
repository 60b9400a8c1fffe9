"""A classifier: features, classes, standardizer and network as one thing; raw rows in, probabilities out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from nn.blocks import BLOCK, by_blocks

if TYPE_CHECKING:
    from collections.abc import Sequence

    from nn.arrays import Array, Rows
    from nn.conformal import Conformal
    from nn.encoding import Standardizer
    from nn.network import Network


@dataclass(frozen=True, eq=False)
class Classifier:
    """The names of d features and k classes in their order, and what turns raw rows into probabilities."""

    features: tuple[str, ...]
    classes: tuple[str, ...]
    standardizer: Standardizer
    network: Network
    conformal: Conformal | None = None

    def __post_init__(self) -> None:
        """Refuse parts that do not fit together, naming the one that is off."""
        width, *_, outputs = self.network.sizes
        for name, found, expected in (
            ("features", len(self.features), width),
            ("classes", len(self.classes), outputs),
            ("standardizer", len(self.standardizer.mean), width),
            ("standardizer", len(self.standardizer.scale), width),
        ):
            if found != expected:
                message = f"{name}: the network {self.network.sizes} takes {expected}; found {found}"
                raise ValueError(message)

    def predict_proba(self, x: Array, rows: Rows | None = None) -> Array:
        """Class probabilities of raw rows in the features' own units: (n, d) -> (n, k).

        ``rows`` are the ascending numbers of the rows in their file, 0 to n - 1 unless given: with them, how a file is
        cut into chunks changes no bit (see `nn.blocks`).
        """
        if x.shape[1:] != (len(self.features),):
            message = f"expected rows of {len(self.features)} features; found an array of shape {x.shape}"
            raise ValueError(message)
        layers = self._layers()
        buffers = [np.empty((len(bias), BLOCK)) for _, bias in layers]
        numbers = np.arange(len(x)) if rows is None else rows
        return by_blocks(x, numbers, len(self.classes), lambda block: _answer(layers, [block, *buffers])).T

    def _layers(self) -> list[tuple[Array, Array]]:
        """Weights (outputs, inputs) and biases (outputs, 1), the standardizer folded into the first layer."""
        first, *others = self.network.weights
        scaled = first / self.standardizer.scale[:, None]
        shift = self.network.biases[0] - self.standardizer.mean @ scaled
        biases = [shift, *self.network.biases[1:]]
        return [
            (np.ascontiguousarray(weight.T), bias[:, None])
            for weight, bias in zip([scaled, *others], biases, strict=True)
        ]


def _answer(layers: Sequence[tuple[Array, Array]], buffers: Sequence[Array]) -> Array:
    """Tanh, tanh, softmax over one block of columns, (d, BLOCK) -> (k, BLOCK), in the buffers."""
    for (weight, bias), before, after in zip(layers, buffers[:-1], buffers[1:], strict=True):
        np.matmul(weight, before, out=after)
        np.add(after, bias, out=after)
        if after is not buffers[-1]:
            np.tanh(after, out=after)
    scores = buffers[-1]
    scores -= scores.max(axis=0)
    np.exp(scores, out=scores)
    scores /= scores.sum(axis=0)
    return scores
