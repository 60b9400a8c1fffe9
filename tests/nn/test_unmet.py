from dataclasses import replace

import numpy as np
import pytest

from nn.batches import Member
from nn.encoding import Standardizer, fit_standardizer
from nn.network import Network, predict_proba
from nn.recipe import RECIPES
from nn.training import train_stack
from nn.unmet import HEAD, silence_unmet, unmet

RECIPE = replace(RECIPES["default"], epochs=20)
NAN = float("nan")


def test_a_column_is_unmet_where_all_of_its_present_values_are_one():
    x = np.array([[1, 2, NAN, NAN, 7], [1, 2, 5, NAN, 7], [1, 3, 5, NAN, 8]])
    found = unmet(x, np.array([0, 1]))
    assert list(found) == [0, 1, 2, 3, 4]
    assert list(unmet(x, np.arange(3))) == [0, 2, 3]
    assert [found[at] for at in (0, 1, 2, 4)] == [1, 2, 5, 7]
    assert np.isnan(found[3])


def test_a_column_that_differs_only_far_down_is_met():
    x = np.zeros((HEAD + 2, 2))
    x[-1, 0] = 1
    assert unmet(x, np.arange(len(x))) == {1: 0.0}
    assert unmet(x, np.arange(len(x) - 1)) == {0: 0.0, 1: 0.0}


@pytest.fixture(scope="module")
def half(wine):
    """Two networks, of which the second has never met a level that a third of the first one's rows have."""
    level = (np.arange(178) % 3 == 0).astype(float)[:, None]
    x = np.hstack([wine.x, level, 1 - level])
    rows = [np.arange(178), np.flatnonzero(level == 0)]
    plain = [fit_standardizer(x[each]) for each in rows]
    kept = [Standardizer(np.append(each.mean[:13], [0, 0]), np.append(each.scale[:13], [1, 1])) for each in plain]
    members = [Member(*each, np.random.default_rng(0)) for each in zip(rows, kept, strict=True)]
    return x, members, train_stack(x, wine.y, members, RECIPE)[0]


def test_after_training_an_unmet_level_says_nothing(half):
    _, _, networks = half
    assert (networks.weights[0][0] != 0).all()
    assert (networks.weights[0][1, :13] != 0).all()
    assert (networks.weights[0][1, 13:] == 0).all()


def test_a_row_of_an_unmet_level_is_answered_as_if_of_the_one_that_all_had(half):
    x, members, networks = half
    met, other = x[members[1].rows], x[members[1].rows].copy()
    other[:, 13:] = other[:, :12:-1]
    answers = [predict_proba(networks.member(1), members[1].standardizer.transform(each)) for each in (met, other)]
    np.testing.assert_array_equal(*answers)


def test_what_a_constant_input_gave_in_training_is_kept_as_a_bias():
    rng = np.random.default_rng(0)
    x = np.column_stack([rng.normal(size=6), np.full(6, 3.0)])
    networks = Network((rng.normal(size=(1, 2, 4)), rng.normal(size=(1, 4, 2))), (np.zeros((1, 4)), np.zeros((1, 2))))
    before = predict_proba(networks.member(0), x)
    silence_unmet(networks, x, [Member(np.arange(6), Standardizer(np.zeros(2), np.ones(2)), rng)])
    assert (networks.weights[0][0, 1] == 0).all()
    np.testing.assert_allclose(predict_proba(networks.member(0), x), before, rtol=1e-12)


def test_a_column_without_any_value_gets_no_weight_and_leaves_the_biases_alone():
    networks = Network((np.ones((1, 1, 2)),), (np.ones((1, 2)),))
    member = Member(np.arange(3), Standardizer(np.zeros(1), np.ones(1)), np.random.default_rng(0))
    silence_unmet(networks, np.full((3, 1), NAN), [member])
    assert networks.weights[0].tolist() == [[[0, 0]]]
    assert networks.biases[0].tolist() == [[1, 1]]
