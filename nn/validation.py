"""Validation: what a recipe answers on rows it was not trained on, all folds and the final network in one stack."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from nn.encoding import Standardizer, fit_standardizer
from nn.network import Array, Network, predict_proba
from nn.training import History, Recipe, Rows, train_stack


@dataclass(frozen=True, eq=False)
class Fold:
    """The rows that a fold's network is trained on and those it answers for, in which repeat."""

    repeat: int
    kept: Rows
    held: Rows


@dataclass(frozen=True, eq=False)
class Validated:
    """The network trained on all rows, its standardizer and history, and what its folds answered out of fold.

    ``held_out`` is (repeats, n, k): row by row the probabilities given by the network that had not seen the row.
    """

    network: Network
    standardizer: Standardizer
    history: History
    held_out: Array
    folds: list[Fold]


def stratified_folds(classes: Rows, folds: int, rng: np.random.Generator) -> Rows:
    """The fold of each row, (n,), 0 to folds - 1: shuffled, every class spread evenly."""
    fold = np.empty(len(classes), dtype=np.intp)
    by_class = np.concatenate([rng.permutation(np.flatnonzero(classes == each)) for each in np.unique(classes)])
    fold[by_class] = np.arange(len(classes)) % folds
    return fold


def cross_validate(x: Array, y: Array, recipe: Recipe, seed: int, *, folds: int = 10, repeats: int = 1) -> Validated:
    """Train on raw rows x (n, d) and one-hot y (n, k): the final network and repeats x folds others, side by side.

    Each fold standardizes with its own training rows only, so nothing of a held-out row reaches the network that
    answers for it.
    """
    cut = make_folds(y.argmax(axis=1), seed, folds, repeats)
    members = [np.arange(len(x)), *(fold.kept for fold in cut)]
    standardizers = [fit_standardizer(x[member]) for member in members]
    rngs = [recipe.random(seed), *(recipe.random(seed, 1 + index) for index in range(len(cut)))]
    networks, history = train_stack(x, y, members, standardizers, recipe, rngs)
    held_out = np.empty((repeats, *y.shape))
    for index, fold in enumerate(cut, start=1):
        rows = standardizers[index].transform(x[fold.held])
        held_out[fold.repeat, fold.held] = predict_proba(networks.member(index), rows)
    final = History(history.epochs, history.loss[:, 0], history.training_accuracy[:, 0])
    return Validated(networks.member(0), standardizers[0], final, held_out, cut)


def make_folds(classes: Rows, seed: int, folds: int, repeats: int) -> list[Fold]:
    """So many stratified folds, so many times over, of rows of these class indices (n,)."""
    cut = []
    for repeat in range(repeats):
        fold = stratified_folds(classes, folds, np.random.default_rng((seed, repeat)))
        cut += [Fold(repeat, np.flatnonzero(fold != each), np.flatnonzero(fold == each)) for each in range(folds)]
    return cut
