"""Recipes: all that decides how a network is trained, but for the rows and the seed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from nn.arrays import Random
    from nn.network import Init


@dataclass(frozen=True)
class Recipe:
    """All that decides how a network is trained, but for the rows and the seed.

    ``weight_decay`` is the factor of half the squared weights (biases are free) added to the mean loss.
    A table of more than ``batch_rows`` rows is taken in shuffled mini-batches of so many, for
    ``epochs`` updates or one pass over the table, whichever is more.

    With ``noise`` each update sees every row moved by so many times the difference of two rows of its own class, drawn
    afresh and divided by the square root of 2: noise that has the covariance of the class (a smoothed bootstrap).
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
