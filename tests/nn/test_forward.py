from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nn.encoding import Standardizer, fit_standardizer
from nn.exact import exact_probabilities
from nn.forward import LARGEST_ERROR, Forward
from nn.network import Network, init_network, predict_proba


def drawn(seed, size=1.0, sizes=(13, 8, 5, 3)):
    rng = np.random.default_rng(seed)
    network = init_network(sizes, rng, "glorot")
    weights = tuple(weight * size for weight in network.weights)
    return Network(weights, tuple(rng.normal(size=bias.shape) for bias in network.biases))


def worst(forward, x, standardizer, network):
    """The largest relative error of a probability of these rows."""
    found = forward(x.T)
    exact = np.array([exact_probabilities(standardizer, network, row) for row in x.astype(float)]).T
    high = found.astype(float)  # a number of more bits is a sum of two floats
    low = (found - high).astype(float)
    parts = zip(high.ravel(), low.ravel(), exact.ravel(), strict=True)
    return float(max(abs(Decimal(one) + Decimal(other) - share) / share for one, other, share in parts))


def test_it_answers_as_the_network_does_on_standardized_rows(wine):
    standardizer, network = fit_standardizer(wine.x), drawn(0)
    expected = predict_proba(network, standardizer.transform(wine.x))
    np.testing.assert_allclose(Forward.of(standardizer, network, np.float64)(wine.x.T).T, expected, rtol=1e-12)


@pytest.mark.parametrize("precision", [np.float64, np.longdouble])
@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 2**32), size=st.sampled_from([0.1, 1.0, 5.0, 20.0]), scale=st.sampled_from([1e-2, 1.0, 1e3]))
def test_no_probability_is_further_from_the_exact_one_than_the_bound_says(wine, precision, seed, size, scale):
    rng = np.random.default_rng(seed)
    x = wine.x[rng.integers(0, len(wine.x), 4)] * scale * rng.uniform(0.5, 1.5, (4, 13))
    standardizer, network = Standardizer(wine.x.mean(axis=0) * scale, wine.x.std(axis=0) * scale), drawn(seed, size)
    forward = Forward.of(standardizer, network, precision)
    error = forward.error(x)
    assert error > LARGEST_ERROR or worst(forward, x.astype(precision), standardizer, network) <= error


def test_the_bound_is_near_enough_to_decide_nearly_all_rows(wine):
    standardizer = fit_standardizer(wine.x)
    forward = Forward.of(standardizer, drawn(0), np.float64)
    assert forward.error(wine.x) < 1e-11


def test_the_bound_is_smaller_with_more_digits(wine):
    standardizer, network = fit_standardizer(wine.x), drawn(0)
    plain, fine = (Forward.of(standardizer, network, each).error(wine.x) for each in (float, np.longdouble))
    assert fine / plain == pytest.approx(np.finfo(np.longdouble).eps / np.finfo(float).eps, rel=1e-6)


def test_scores_far_beyond_the_range_of_exp_are_answered(wine):
    network = drawn(0, 1e4)
    answers = Forward.of(fit_standardizer(wine.x), network, np.float64)(wine.x.T)
    np.testing.assert_allclose(answers.sum(axis=0), 1)
