"""Training: gradient descent on a stack of networks, by a named recipe."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from nn.backpropagation import Backpropagation
from nn.batches import Member, load_batches
from nn.descent import Descent
from nn.encoding import Standardizer
from nn.network import Network, init_network
from nn.noise import move_rows
from nn.parameters import Parameters
from nn.unmet import silence_unmet

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


@np.errstate(over="ignore")  # of exp, on the way to a tanh of 1
def train_stack(x: Array, y: Array, members: Sequence[Member], recipe: Recipe) -> tuple[Network, History]:
    """Train as many networks at once as there are members, each on its own rows of raw x (n, d) and one-hot y (n, k).

    Each becomes the network it would have become alone, and answers by no input that its rows left constant.
    """
    sizes = (x.shape[1], *recipe.hidden, y.shape[1])
    parameters = Parameters.of(_stacked([init_network(sizes, member.rng, recipe.init) for member in members]))
    longest = max(len(member.rows) for member in members)
    updates = max(recipe.epochs, -(-longest // recipe.batch_rows))
    passes = Backpropagation(parameters, min(longest, recipe.batch_rows), moved=recipe.noise > 0)
    descent = Descent(parameters, recipe, updates)
    batches = load_batches(passes, x, y, members, recipe)
    log: list[tuple[int, Array, Array]] = []
    for epoch in range(updates):
        noises = next(batches)
        if recipe.noise:
            move_rows(passes, noises, [member.rng for member in members])
        logged = epoch % recipe.log_every == 0
        if logged:
            loss = passes.loss()
        passes.differentiate()
        descent.step(passes.gradient.flat)
        if logged:
            log.append((epoch, loss, passes.accuracy()))
    descent.finish()
    epochs, losses, accuracies = zip(*log, strict=True)
    networks = parameters.networks()
    silence_unmet(networks, x, members)
    return networks, History(np.array(epochs), np.array(losses), np.array(accuracies))


def _stacked(networks: Sequence[Network]) -> Network:
    return Network(
        tuple(np.stack(layers) for layers in zip(*(network.weights for network in networks), strict=True)),
        tuple(np.stack(layers) for layers in zip(*(network.biases for network in networks), strict=True)),
    )
