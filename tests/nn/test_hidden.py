import math

import numpy as np
import pytest

from nn.hidden import Hidden
from nn.network import Network
from nn.parameters import Parameters

EXTREME = [0.0, -0.0, 1e-300, 1e-9, 1e-4, 18.5, 19.5, 300, 354, 356, 1e5, 1e300]


@pytest.fixture
def one_unit():
    """A hidden layer of one unit that hands its one input on."""
    weights, biases = (np.ones((1, 1, 1)), np.zeros((1, 1, 2))), (np.zeros((1, 1)), np.zeros((1, 2)))
    return Parameters.of(Network(weights, biases))


def columns(values):
    return np.array([values, np.ones(len(values))])


@np.errstate(over="ignore")
def activate(parameters, values):
    return Hidden(parameters, len(values)).activate(columns(values))[0]


def test_an_activation_is_tanh_within_a_few_roundings(one_unit):
    values = np.concatenate([np.linspace(-40, 40, 40_001), np.geomspace(1e-12, 30, 5_000), EXTREME])
    found = activate(one_unit, values)
    assert np.abs(found - [math.tanh(value) for value in values]).max() <= 4 * 2**-53


def test_tanh_is_one_where_the_power_overflows_and_minus_one_where_it_vanishes(one_unit):
    assert activate(one_unit, [1e3, 1e300, -1e3, -1e300]).tolist() == [1, 1, -1, -1]


def test_what_is_no_number_stays_none(one_unit):
    assert np.isnan(activate(one_unit, [np.nan])).all()


def test_the_slope_of_each_layer_is_that_of_tanh():
    rng, sizes = np.random.default_rng(0), (4, 6, 5, 3)
    parameters = Parameters(2, sizes)
    parameters.flat[:] = rng.normal(size=parameters.flat.shape)
    hidden = Hidden(parameters, 9)
    hidden.activate(rng.normal(size=(2, 5, 9)))
    hidden.take_slopes()
    for layer in hidden.layers:
        np.testing.assert_allclose(layer.slope, 1 / np.cosh(np.arctanh(layer.units)) ** 2, rtol=1e-9)


def test_a_second_pass_sees_the_parameters_as_they_are_by_then(one_unit):
    hidden = Hidden(one_unit, 3)
    hidden.activate(columns([1, 2, 3]))
    one_unit.flat[:, 0] = -1
    np.testing.assert_allclose(hidden.activate(columns([1, 2, 3]))[0], -np.tanh([1, 2, 3]))


def test_without_hidden_layers_the_columns_are_the_last_activation():
    x = columns([1, 2, 3])
    assert Hidden(Parameters(1, (1, 2)), 3).activate(x) is x
