"""A classifier: features, classes, standardizer and network as one thing; raw rows in, probabilities out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from nn.encoding import Standardizer
    from nn.network import Array, Network
    from nn.training import Rows

BLOCK: Final = 4096  # columns a matrix product sees at once; part of what decides the last bit of an answer


@dataclass(frozen=True, eq=False)
class Classifier:
    """The names of d features and k classes in their order, and what turns raw rows into probabilities."""

    features: tuple[str, ...]
    classes: tuple[str, ...]
    standardizer: Standardizer
    network: Network

    def __post_init__(self) -> None:
        """Refuse parts that do not fit together, naming the one that is off."""
        width, *_, outputs = self.network.sizes
        for name, found, due in (
            ("features", len(self.features), width),
            ("classes", len(self.classes), outputs),
            ("standardizer", len(self.standardizer.mean), width),
            ("standardizer", len(self.standardizer.scale), width),
        ):
            if found != due:
                message = f"{name}: the network {self.network.sizes} takes {due}; found {found}"
                raise ValueError(message)

    def predict_proba(self, x: Array, rows: Rows | None = None) -> Array:
        """Class probabilities of raw rows in the features' own units: (n, d) -> (n, k).

        ``rows`` are the ascending numbers of the rows in their file, 0 to n - 1 unless given. A matrix product's last
        bit depends on a column's place in the matrix, so a row is always put at the same place of a block of the same
        size, whatever rows come with it: how a file is cut into chunks changes nothing.
        """
        if x.shape[1:] != (len(self.features),):
            message = f"rows of {len(self.features)} features are due; found an array of shape {x.shape}"
            raise ValueError(message)
        rows = np.arange(len(x)) if rows is None else rows
        answers = np.empty((len(self.classes), len(x)))
        layers = self._layers()
        buffers = [np.zeros((len(self.features), BLOCK)), *(np.empty((len(bias), BLOCK)) for _, bias in layers)]
        for start, end in _blocks(rows):
            place = rows[start:end] % BLOCK
            at = slice(place[0], place[-1] + 1) if place[-1] - place[0] == end - start - 1 else place
            buffers[0][:, at] = x[start:end].T
            answers[:, start:end] = _answer(layers, buffers)[:, at]
        return answers.T

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


def _blocks(rows: Rows) -> list[tuple[int, int]]:
    """Where each block of row numbers starts and ends among the rows."""
    if not len(rows):
        return []
    cuts = np.flatnonzero(np.diff(rows // BLOCK)) + 1
    return list(zip([0, *cuts.tolist()], [*cuts.tolist(), len(rows)], strict=True))


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
