"""Training: gradient descent on a stack of networks, by a named recipe."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from nn.backpropagation import Backpropagation
from nn.batches import Member, load_batches, moved_rows
from nn.encoding import Standardizer
from nn.network import Network, init_network

if TYPE_CHECKING:
    from collections.abc import Sequence

    from nn.arrays import Array, Random, Rows
    from nn.recipe import Recipe


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
    networks, history = train_stack(x, y, [Member(np.arange(len(x)), unscaled, rng)], recipe)
    return networks.member(0), History(history.epochs, history.loss[:, 0], history.training_accuracy[:, 0])


def train_stack(x: Array, y: Array, members: Sequence[Member], recipe: Recipe) -> tuple[Network, History]:
    """Train as many networks at once as there are members, each on its own rows of raw x (n, d) and one-hot y (n, k).

    Each becomes the network it would have become alone.
    """
    sizes = (x.shape[1], *recipe.hidden, y.shape[1])
    singles = [init_network(sizes, member.rng, recipe.init) for member in members]
    longest = max(len(member.rows) for member in members)
    passes = Backpropagation(_stacked(singles), min(longest, recipe.batch_rows))
    batches = load_batches(passes, x, y, members, recipe)
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
            passes.see(moved_rows(batch, recipe.noise, [member.rng for member in members]))
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


def _stacked(networks: Sequence[Network]) -> Network:
    return Network(
        tuple(np.stack(layers) for layers in zip(*(network.weights for network in networks), strict=True)),
        tuple(np.stack(layers) for layers in zip(*(network.biases for network in networks), strict=True)),
    )
