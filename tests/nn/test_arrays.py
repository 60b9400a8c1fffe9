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


def test_the_farthest_number_of_each_column_is_found_on_either_side_of_its_center():
    x = np.array([[0.0, 5.0], [4.0, -7.0]])
    assert arrays.farthest(x, np.array([1.0, 0.0])).tolist() == [3.0, 7.0]
    assert arrays.farthest(x[:0], np.array([1.0, 0.0])).tolist() == [0.0, 0.0]


def test_near_is_the_nearest_float32_as_float64():
    found = arrays.near(np.array([0.1, 1.0]))
    assert (found.dtype, found.tolist()) == (float, [float(np.float32(0.1)), 1.0])
