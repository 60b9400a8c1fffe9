"""Training: gradient descent on a stack of networks, by a named recipe."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, TypeAlias

import numpy as np

from nn.backpropagation import Backpropagation
from nn.encoding import Standardizer
from nn.network import Array, Init, Network, Random, init_network

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

Rows: TypeAlias = "np.ndarray[tuple[int, ...], np.dtype[np.intp]]"


@dataclass(frozen=True)
class Recipe:
    """All that decides how a network is trained, but for the rows and the seed.

    ``weight_decay`` is the factor of half the squared weights (biases are free) added to the mean loss.
    A table of more than ``batch_rows`` rows is taken in shuffled mini-batches of so many, for
    ``epochs`` updates or one pass over the table, whichever is more.
    """

    name: str
    hidden: tuple[int, ...]
    init: Init
    learning_rate: float
    epochs: int
    momentum: float = 0.0
    weight_decay: float = 0.0
    batch_rows: int = 16_384
    log_every: int = 100

    def random(self, *seed: int) -> Random:
        """The stream of this recipe for a seed: NumPy's own, or for the article's draws the legacy one."""
        if self.init == "article":
            return np.random.RandomState(seed if len(seed) > 1 else seed[0])
        return np.random.default_rng(seed)


RECIPES: Final = {
    recipe.name: recipe
    for recipe in (
        Recipe("default", (8, 5), "glorot", 0.2, 300, momentum=0.9, weight_decay=0.01),
        Recipe("article", (5, 5), "article", 0.07, 4500),
    )
}


@dataclass(frozen=True, eq=False)
class History:
    """How training went: the epoch, the mean loss before its update and the accuracy on the training rows after it.

    Each is (t,) for one network and (t, s) for a stack, but for ``epochs``, which is always (t,).
    """

    epochs: Rows
    loss: Array
    training_accuracy: Array


def train_network(x: Array, y: Array, recipe: Recipe, rng: Random) -> tuple[Network, History]:
    """Train one network on standardized rows x (n, d) and one-hot y (n, k)."""
    unscaled = Standardizer(np.zeros(x.shape[1]), np.ones(x.shape[1]))
    networks, history = train_stack(x, y, [np.arange(len(x))], [unscaled], recipe, [rng])
    return networks.member(0), History(history.epochs, history.loss[:, 0], history.training_accuracy[:, 0])


def train_stack(
    x: Array,
    y: Array,
    members: Sequence[Rows],
    standardizers: Sequence[Standardizer],
    recipe: Recipe,
    rngs: Sequence[Random],
) -> tuple[Network, History]:
    """Train as many networks at once as there are members, each on its own rows of raw x (n, d) and one-hot y (n, k).

    A member is the indices of its rows; each has its own standardizer and its own stream of random numbers, so that
    it becomes the network it would have become alone.
    """
    sizes = (x.shape[1], *recipe.hidden, y.shape[1])
    singles = [init_network(sizes, rng, recipe.init) for rng in rngs]
    longest = max(map(len, members))
    passes = Backpropagation(_stacked(singles), min(longest, recipe.batch_rows))
    batches = _batches(passes, x, y, members, standardizers, recipe, rngs)
    velocity = np.zeros_like(passes.parameters)
    step = np.zeros_like(passes.parameters)
    decay = np.where(passes.decayed, recipe.weight_decay, 0.0)
    log: list[tuple[int, Array, Array]] = []
    for epoch in range(max(recipe.epochs, -(-longest // recipe.batch_rows))):
        next(batches)
        passes.forward()
        logged = epoch % recipe.log_every == 0
        loss = passes.loss() if logged else None
        passes.backward()
        if recipe.weight_decay:
            passes.gradient += np.multiply(passes.parameters, decay, out=step)
        velocity *= recipe.momentum
        velocity += passes.gradient
        passes.parameters -= np.multiply(velocity, recipe.learning_rate, out=step)
        if loss is not None:
            passes.forward()
            log.append((epoch, loss, passes.accuracy()))
    epochs, losses, accuracies = zip(*log, strict=True)
    return passes.network(), History(np.array(epochs), np.array(losses), np.array(accuracies))


def _stacked(networks: Sequence[Network]) -> Network:
    return Network(
        tuple(np.stack(layers) for layers in zip(*(network.weights for network in networks), strict=True)),
        tuple(np.stack(layers) for layers in zip(*(network.biases for network in networks), strict=True)),
    )


def _batches(
    passes: Backpropagation,
    x: Array,
    y: Array,
    members: Sequence[Rows],
    standardizers: Sequence[Standardizer],
    recipe: Recipe,
    rngs: Sequence[Random],
) -> Iterator[None]:
    """Load the next rows into the passes at each step: all of them once, or one shuffled mini-batch after another."""
    columns = min(max(map(len, members)), recipe.batch_rows)
    held, truth = np.zeros((len(members), x.shape[1], columns)), np.zeros((len(members), y.shape[1], columns))
    share = np.zeros((len(members), columns))
    orders = [_order(member, recipe.batch_rows, rng) for member, rng in zip(members, rngs, strict=True)]
    while True:
        for index, (order, standardizer) in enumerate(zip(orders, standardizers, strict=True)):
            rows = next(order)
            held[index, :, : len(rows)] = standardizer.transform(x[rows]).T
            truth[index, :, : len(rows)] = y[rows].T
            share[index] = 0
            share[index, : len(rows)] = 1 / len(rows)
        passes.load(held, truth, share)
        yield
        while max(map(len, members)) <= recipe.batch_rows:
            yield


def _order(member: Rows, size: int, rng: Random) -> Iterator[Rows]:
    """A member's own batches: all its rows again and again, or one shuffled pass after another."""
    while len(member) <= size:
        yield member
    while True:
        yield from np.split(rng.permutation(member), range(size, len(member), size))
