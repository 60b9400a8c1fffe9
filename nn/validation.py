"""Validation: what a recipe answers on rows it was not trained on, all folds and the final network in one stack."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from nn.batches import Member
from nn.encoding import PLAIN, Standardizer, fit_standardizer
from nn.network import SMALLEST_PROBABILITY, Network, predict_proba, softmax
from nn.training import History, train_stack

if TYPE_CHECKING:
    from nn.arrays import Array, Rows
    from nn.encoding import Encoding
    from nn.recipe import Recipe


@dataclass(frozen=True, eq=False)
class Fold:
    """The rows that a fold's network is trained on and those it answers for, in which repeat."""

    repeat: int
    kept: Rows
    held: Rows


SHARPEST: Final = 16.0  # where every held-out row is right, the best factor would have no end
HALVINGS: Final = 24  # of a range of 5.5: the factor is right to 1e-6 of itself
ANSWERS: Final = 100_000  # that a factor is fitted on at most: it is one number


@dataclass(frozen=True, eq=False)
class Validated:
    """The network trained on all rows, its standardizer and history, and what its folds answered out of fold.

    ``held_out`` is (repeats, n, k): row by row the probabilities given by the network that had not seen the row.
    ``sharpness`` is what the scores of the network were multiplied by after training; 1 unless the recipe says so.
    """

    network: Network
    standardizer: Standardizer
    history: History
    held_out: Array
    folds: list[Fold]
    sharpness: float = 1.0

    @property
    def folds_a_repeat(self) -> int:
        """Into how many folds the rows were cut, each time."""
        return len(self.folds) // len(self.held_out)


def stratified_folds(classes: Rows, folds: int, rng: np.random.Generator) -> Rows:
    """The fold of each row, (n,), 0 to folds - 1: shuffled, every class spread evenly."""
    fold = np.empty(len(classes), dtype=np.intp)
    by_class = np.concatenate([rng.permutation(np.flatnonzero(classes == each)) for each in np.unique(classes)])
    fold[by_class] = np.arange(len(classes)) % folds
    return fold


def cross_validate(
    x: Array, y: Array, recipe: Recipe, seed: int, *, encoding: Encoding = PLAIN, folds: int = 10, repeats: int = 1
) -> Validated:
    """Train on raw rows x (n, d) and one-hot y (n, k): the final network and repeats x folds others, side by side.

    Each fold standardizes with its own training rows only, so nothing of a held-out row reaches the network that
    answers for it. Where the recipe is ``sharpened``, the factor of a held-out row is fitted on what the other folds of
    its repeat answered, and that of the final network, which becomes part of its last layer, on all held-out answers.
    """
    x, flags = encoding.inputs(x), encoding.flags(x.shape[1])
    cut = make_folds(y.argmax(axis=1), seed, folds, repeats)
    rngs = [recipe.random(seed), *(recipe.random(seed, 1 + index) for index in range(len(cut)))]
    kept = [np.arange(len(x)), *(fold.kept for fold in cut)]
    members = [Member(rows, fit_standardizer(x[rows], flags), rng) for rows, rng in zip(kept, rngs, strict=True)]
    networks, history = train_stack(x, y, members, recipe)
    held_out = np.empty((repeats, *y.shape))
    for index, fold in enumerate(cut, start=1):
        rows = members[index].standardizer.transform(x[fold.held])
        held_out[fold.repeat, fold.held] = predict_proba(networks.member(index), rows)
    final = History(history.epochs, history.loss[:, 0], history.training_accuracy[:, 0])
    network, sharpness = networks.member(0), 1.0
    if recipe.sharpened:
        sharpness = fit_sharpness(held_out.reshape(-1, y.shape[1]), np.tile(y, (repeats, 1)))
        network = _sharpened(network, sharpness)
        held_out = _cross_sharpened(held_out, y, cut)
    return Validated(network, members[0].standardizer, final, held_out, cut, sharpness)


def fit_sharpness(probabilities: Array, y: Array) -> float:
    """The factor of the scores at which probabilities (n, k) of held-out rows have the least log loss on one-hot y.

    One over the temperature of Guo et al. (2017), kept within 1/SHARPEST and SHARPEST: the loss is convex in the
    factor, so the sign of its slope says on which side the least lies. Of many rows it takes every second, third, ...
    """
    step = -(-len(y) // ANSWERS)
    probabilities, y = probabilities[::step], y[::step]
    scores = np.log(np.maximum(probabilities, SMALLEST_PROBABILITY))
    low, high = -np.log(SHARPEST), np.log(SHARPEST)
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        slope = float(((softmax(np.exp(middle) * scores) - y) * scores).sum())
        low, high = (low, middle) if slope > 0 else (middle, high)
    return float(np.exp((low + high) / 2))


def _sharpened(network: Network, factor: float) -> Network:
    *weights, weight = network.weights
    *biases, bias = network.biases
    return Network((*weights, weight * factor), (*biases, bias * factor))


def _cross_sharpened(held_out: Array, y: Array, folds: list[Fold]) -> Array:
    """Held-out answers (repeats, n, k), those of each fold sharpened as the other folds of the repeat would have it."""
    sharp = np.empty_like(held_out)
    for fold in folds:
        answers = held_out[fold.repeat]
        factor = fit_sharpness(answers[fold.kept], y[fold.kept])
        logs = np.log(np.maximum(answers[fold.held], SMALLEST_PROBABILITY))
        sharp[fold.repeat, fold.held] = softmax(factor * logs)
    return sharp


def make_folds(classes: Rows, seed: int, folds: int, repeats: int) -> list[Fold]:
    """So many stratified folds, so many times over, of rows of these class indices (n,)."""
    cut = []
    for repeat in range(repeats):
        fold = stratified_folds(classes, folds, np.random.default_rng((seed, repeat)))
        cut += [Fold(repeat, np.flatnonzero(fold != each), np.flatnonzero(fold == each)) for each in range(folds)]
    return cut
