from dataclasses import replace

import numpy as np
import pytest

from nn.descent import Descent
from nn.parameters import Parameters
from nn.recipe import Recipe

PLAIN = Recipe("plain", (2,), "glorot", 0.5, 4)
SIZES = (3, 2, 2)


def descended(recipe, gradients):
    """The parameters, ones at first, after an update by each of these gradients, all alike in every parameter."""
    parameters = Parameters(2, SIZES)
    parameters.flat[:] = 1
    descent = Descent(parameters, recipe, len(gradients))
    for gradient in gradients:
        descent.step(np.full_like(parameters.flat, gradient))
    descent.finish()
    return parameters


def test_an_update_goes_against_the_gradient_at_the_learning_rate():
    assert (descended(PLAIN, [0.25]).flat == 1 - 0.5 * 0.25).all()


def test_momentum_keeps_a_share_of_the_updates_before():
    speeds = [1, 2 + 0.9, 0 + 0.9 * 2.9]
    np.testing.assert_allclose(descended(replace(PLAIN, momentum=0.9), [1, 2, 0]).flat, 1 - 0.5 * sum(speeds))


def test_decay_draws_the_weights_to_zero_and_leaves_the_biases():
    networks = descended(replace(PLAIN, weight_decay=0.1), [0, 0]).networks()
    assert all(weight == pytest.approx(0.95**2) for weight in networks.weights)
    assert all((bias == 1).all() for bias in networks.biases)


def test_momentum_carries_the_decay_too():
    found = descended(replace(PLAIN, weight_decay=0.1, momentum=0.9), [0, 0]).networks().weights[0]
    assert found == pytest.approx(1 - 0.05 - 0.5 * (0.9 * 0.1 + 0.1 * 0.95))


@pytest.mark.parametrize(("share", "mean"), [(0, -1.0), (0.1, -1.0), (0.5, -0.75), (1, -0.25)])
def test_the_mean_is_over_the_last_share_of_the_updates_and_one_at_least(share, mean):
    np.testing.assert_allclose(descended(replace(PLAIN, averaged=share), [1, 1, 1, 1]).flat, mean)
