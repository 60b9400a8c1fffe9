"""The rule: the recipe and the folds that follow from how many rows, inputs and classes a table has."""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import sqrt
from typing import TYPE_CHECKING, Final

from nn.recipe import RECIPES

if TYPE_CHECKING:
    from nn.recipe import Recipe

DIGITS: Final = 3  # of a number of a recipe: people read it, and more of them decide nothing
WIDEST: Final = 64  # units of a hidden layer: beyond it, memory and time grow faster than accuracy
WHOLE: Final = 1024  # rows that every update may see at once
BATCH_ROWS: Final = 256
LOGGED: Final = 30  # points of a history
FOLDS: Final = 10
FEWER_FOLDS: Final = 5
REPEATS: Final = 5
NUMBERS: Final = 1_000_000  # that are held out once, in as many repeats as it takes


@dataclass(frozen=True)
class Extent:
    """How large a table is: its training rows, the inputs that its features make, and its classes."""

    rows: int
    inputs: int
    classes: int


MEASURED: Final = Extent(178, 13, 3)
"""The table by which the numbers of the default recipe were found: it keeps them, others are held against it."""


def recipe_for(name: str, extent: Extent) -> Recipe:
    """The recipe of a name for a table of this extent; only the default one follows the table.

    Each hidden layer is as wide as the mean of the layer below it and the classes, within bounds. For every four
    times as many rows there are twice the updates and a quarter of the decay; for every four times as many rows of a
    class, half the noise; for every four times as many inputs, half the rate.
    """
    recipe = RECIPES[name]
    if name != "default":
        return recipe
    updates = round(recipe.epochs * sqrt(max(1.0, extent.rows / MEASURED.rows)))
    rows_of_a_class = extent.rows * MEASURED.classes / (extent.classes * MEASURED.rows)
    return replace(
        recipe,
        hidden=_hidden(recipe.hidden, extent),
        learning_rate=_readable(recipe.learning_rate / sqrt(max(1.0, extent.inputs / MEASURED.inputs))),
        epochs=updates,
        weight_decay=_readable(recipe.weight_decay / max(1.0, extent.rows / MEASURED.rows)),
        noise=_readable(recipe.noise / sqrt(max(1.0, rows_of_a_class))),
        batch_rows=recipe.batch_rows if extent.rows <= WHOLE else BATCH_ROWS,
        log_every=updates // LOGGED,
    )


def folds_for(extent: Extent, fewest: int) -> tuple[int, int]:
    """Into how many folds a table is cut and how many times over; ``fewest`` are the rows of its smallest class.

    The numbers held out are about a million, in one repeat at least and five at most; ten folds, or five where a
    single repeat is more than that.
    """
    repeats = NUMBERS // (extent.rows * extent.inputs)
    return min(FOLDS if repeats else FEWER_FOLDS, fewest), min(max(1, repeats), REPEATS)


def _hidden(least: tuple[int, ...], extent: Extent) -> tuple[int, ...]:
    widths, width = [], extent.inputs
    for each in least:
        width = min(max((width + extent.classes) // 2, each), WIDEST)
        widths.append(width)
    return tuple(widths)


def _readable(number: float) -> float:
    return float(f"{number:.{DIGITS}g}")
