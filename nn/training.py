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

    With ``noise`` each update sees every row moved by so many times the difference of two rows of its own class, drawn
    anew and divided by the square root of 2: noise that has the covariance of the class (a smoothed bootstrap).
    The network is the mean of its parameters over the last share ``averaged`` of the updates (Polyak and Juditsky,
    1992); at 0 it is the last of them. Much noise and decay leave a network that is right but unsure: ``sharpened``
    says that its scores are multiplied by the factor, fitted on held-out rows, that makes its probabilities honest
    (temperature scaling, Guo et al., 2017); that is done where rows are held out, in `cross_validate`.
    """

    name: str
    hidden: tuple[int, ...]
    init: Init
    learning_rate: float
    epochs: int
    momentum: float = 0.0
    weight_decay: float = 0.0
    noise: float = 0.0
    averaged: float = 0.0
    sharpened: bool = False
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
        Recipe(
            "default",
            (8, 5),
            "glorot",
            0.2,
            150,
            momentum=0.9,
            weight_decay=0.05,
            noise=1.2,
            averaged=0.5,
            sharpened=True,
            log_every=5,
        ),
        Recipe("article", (5, 5), "article", 0.07, 4500),
    )
}


@dataclass(frozen=True, eq=False)
class History:
    """How training went: the epoch, the mean loss before its update and the accuracy on the training rows after it.

    Both are of the rows as they are, without noise, and of the parameters at that epoch, before any averaging.
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
    updates = max(recipe.epochs, -(-longest // recipe.batch_rows))
    averaged = max(1, round(recipe.averaged * updates))
    total = np.zeros_like(passes.parameters)
    for epoch in range(updates):
        batch = next(batches)
        logged = epoch % recipe.log_every == 0
        if logged:
            passes.see(batch.x)
            passes.forward()
            loss = passes.loss()
        if recipe.noise:
            passes.see(_moved(batch, recipe.noise, rngs))
        passes.forward()
        passes.backward()
        if recipe.weight_decay:
            passes.gradient += np.multiply(passes.parameters, decay, out=step)
        velocity *= recipe.momentum
        velocity += passes.gradient
        passes.parameters -= np.multiply(velocity, recipe.learning_rate, out=step)
        if epoch >= updates - averaged:
            total += passes.parameters
        if logged:
            passes.see(batch.x)
            passes.forward()
            log.append((epoch, loss, passes.accuracy()))
    np.divide(total, averaged, out=passes.parameters)
    epochs, losses, accuracies = zip(*log, strict=True)
    return passes.network(), History(np.array(epochs), np.array(losses), np.array(accuracies))


@dataclass(frozen=True, eq=False)
class _Batch:
    """The rows held, standardized, (s, d, n), and for each member the places of its rows and of their class's rows."""

    x: Array
    peers: list[_Peers]


@dataclass(frozen=True, eq=False)
class _Peers:
    """The places of a member's rows, class by class; for each row where its class starts in them and how many it is."""

    places: Rows
    start: Rows
    count: Rows

    def draw(self, rng: Random) -> Rows:
        """The places of two rows of each row's own class, (2, n)."""
        return self.places[self.start + (rng.random((2, len(self.places))) * self.count).astype(np.intp)]


def _peers(y: Array) -> _Peers:
    classes = y.argmax(axis=1)
    counts = np.bincount(classes)
    starts = np.cumsum(counts) - counts
    return _Peers(np.argsort(classes, kind="stable"), starts[classes], counts[classes])


def _moved(batch: _Batch, noise: float, rngs: Sequence[Random]) -> Array:
    """The rows of a batch, each moved by the scaled difference of two rows of its class, by its member's own stream."""
    moved = batch.x.copy()
    for to, rows, peers, rng in zip(moved, batch.x, batch.peers, rngs, strict=True):
        one, other = peers.draw(rng)
        to[:, : len(one)] += (rows.take(one, axis=1) - rows.take(other, axis=1)) * (noise / np.sqrt(2))
    return moved


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
) -> Iterator[_Batch]:
    """Load the next rows into the passes at each step: all of them once, or one shuffled mini-batch after another."""
    columns = min(max(map(len, members)), recipe.batch_rows)
    held, truth = np.zeros((len(members), x.shape[1], columns)), np.zeros((len(members), y.shape[1], columns))
    share = np.zeros((len(members), columns))
    peers: list[_Peers] = []
    orders = [_order(member, recipe.batch_rows, rng) for member, rng in zip(members, rngs, strict=True)]
    while True:
        peers.clear()
        for index, (order, standardizer) in enumerate(zip(orders, standardizers, strict=True)):
            rows = next(order)
            held[index, :, : len(rows)] = standardizer.transform(x.take(rows, axis=0)).T
            truth[index, :, : len(rows)] = y.take(rows, axis=0).T
            share[index] = 0
            share[index, : len(rows)] = 1 / len(rows)
            if recipe.noise:
                peers.append(_peers(y[rows]))
        passes.load(held, truth, share)
        yield _Batch(held, peers)
        while max(map(len, members)) <= recipe.batch_rows:
            yield _Batch(held, peers)


def _order(member: Rows, size: int, rng: Random) -> Iterator[Rows]:
    """A member's own batches: all its rows again and again, or one shuffled pass after another."""
    while len(member) <= size:
        yield member
    while True:
        yield from np.split(rng.permutation(member), range(size, len(member), size))
