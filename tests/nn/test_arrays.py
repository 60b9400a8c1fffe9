from typing import get_args

import numpy as np
import pytest

from nn import arrays
from nn.recipe import RECIPES


def meaning(alias):
    """What an alias, which is written as text so that NumPy is needed for types alone, stands for."""
    return eval(alias, {"np": np})


def number(alias):
    """The NumPy type of the numbers in an array of this alias."""
    _, kind = get_args(meaning(alias))
    return get_args(kind)[0]


def test_rows_are_of_the_type_of_numpys_own_indices():
    assert number(arrays.Rows) is np.flatnonzero([True]).dtype.type


def test_arrays_are_of_double_precision():
    assert number(arrays.Array) is np.float64


@pytest.mark.parametrize("recipe", RECIPES)
def test_the_stream_of_every_recipe_is_a_random(recipe):
    assert isinstance(RECIPES[recipe].random(0), get_args(meaning(arrays.Random)))
