"""Descent: the updates of the parameters of a stack, with momentum and weight decay, and their mean over the last."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from nn.parameters import Parameters

if TYPE_CHECKING:
    from nn.arrays import Array
    from nn.recipe import Recipe


class Descent:
    """So many updates of ``parameters``, by a recipe."""

    def __init__(self, parameters: Parameters, recipe: Recipe, updates: int) -> None:
        self._parameters, self._recipe, self._left = parameters.flat, recipe, updates
        self._velocity, self._total = np.zeros_like(parameters.flat), np.zeros_like(parameters.flat)
        self._decay = recipe.weight_decay * Parameters.decayed(parameters.sizes).flat
        self._averaged = max(1, round(recipe.averaged * updates))
        self._rate = np.array(recipe.learning_rate)

    def step(self, gradient: Array) -> None:
        """Take one update by the gradient (s, p) of the loss, which is used up."""
        if self._recipe.weight_decay:
            gradient += self._decay * self._parameters
        if self._recipe.momentum:
            self._velocity *= self._recipe.momentum
            gradient += self._velocity
            self._velocity[:] = gradient
        gradient *= self._rate
        self._parameters -= gradient
        if self._left <= self._averaged:
            self._total += self._parameters
        self._left -= 1

    def finish(self) -> None:
        """Leave in the parameters their mean over the last updates: as many as the recipe says, one at least."""
        np.divide(self._total, self._averaged, out=self._parameters)
