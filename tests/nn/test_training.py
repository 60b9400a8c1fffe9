from dataclasses import replace
from itertools import islice

import numpy as np
import pytest

from nn.batches import Member
from nn.encoding import fit_standardizer
from nn.network import cross_entropy, init_network, predict_proba
from nn.recipe import RECIPES, Recipe
from nn.training import train_network, train_stack

FULL = Recipe("full", (6, 4), "glorot", 0.2, 60, momentum=0.9, weight_decay=0.01, log_every=10)
MINI = replace(FULL, name="mini", batch_rows=16)


def parameters(network):
    return np.concatenate([array.ravel() for array in (*network.weights, *network.biases)])


def members_of(wine, rows):
    """A member for each of these rows of the shipped table, its stream begun with its place."""
    return [Member(each, fit_standardizer(wine.x[each]), np.random.default_rng(at)) for at, each in enumerate(rows)]


def assert_each_equals_itself_alone(wine, rows, recipe):
    stack, together = train_stack(wine.x, wine.y, members_of(wine, rows), recipe)
    for index, member in enumerate(members_of(wine, rows)):
        z = member.standardizer.transform(wine.x[member.rows])
        alone, history = train_network(z, wine.y[member.rows], recipe, member.rng)
        np.testing.assert_allclose(parameters(stack.member(index)), parameters(alone), rtol=1e-9, atol=1e-11)
        np.testing.assert_allclose(together.loss[:, index], history.loss, rtol=1e-9)
        np.testing.assert_array_equal(together.training_accuracy[:, index], history.training_accuracy)


def plain_batches(rows, size, rng):
    while True:
        if rows <= size:
            yield np.arange(rows)
        else:
            yield from np.split(rng.permutation(rows), range(size, rows, size))


def plain_descent(x, y, recipe, rng):
    drawn = init_network((x.shape[1], *recipe.hidden, y.shape[1]), rng, recipe.init)
    weights, biases = list(drawn.weights), list(drawn.biases)
    speeds = [(0, 0) for _ in weights]
    for rows in islice(plain_batches(len(x), recipe.batch_rows, rng), recipe.epochs):
        activations = [x[rows]]
        for weight, bias in zip(weights[:-1], biases[:-1], strict=True):
            activations.append(np.tanh(activations[-1] @ weight + bias))
        powers = np.exp(activations[-1] @ weights[-1] + biases[-1])
        error = (powers / powers.sum(axis=1, keepdims=True) - y[rows]) / len(rows)
        for layer in reversed(range(len(weights))):
            slope_w = activations[layer].T @ error + recipe.weight_decay * weights[layer]
            slope_b = error.sum(axis=0)
            error = error @ weights[layer].T * (1 - activations[layer] ** 2)
            speeds[layer] = recipe.momentum * speeds[layer][0] + slope_w, recipe.momentum * speeds[layer][1] + slope_b
            weights[layer] = weights[layer] - recipe.learning_rate * speeds[layer][0]
            biases[layer] = biases[layer] - recipe.learning_rate * speeds[layer][1]
    return np.concatenate([array.ravel() for array in (*weights, *biases)])


@pytest.mark.parametrize("batch_rows", [1000, 178, 177, 50, 7])
@pytest.mark.parametrize(("momentum", "weight_decay"), [(0, 0), (0.9, 0), (0, 0.05), (0.9, 0.05)])
def test_training_is_plain_gradient_descent_with_momentum_and_decay(wine, momentum, weight_decay, batch_rows):
    recipe = replace(FULL, momentum=momentum, weight_decay=weight_decay, batch_rows=batch_rows)
    z = fit_standardizer(wine.x).transform(wine.x)
    found, _ = train_network(z, wine.y, recipe, np.random.default_rng(5))
    expected = plain_descent(z, wine.y, recipe, np.random.default_rng(5))
    np.testing.assert_allclose(parameters(found), expected, rtol=1e-9, atol=1e-11)


def test_each_member_becomes_the_network_it_would_have_become_alone(wine):
    rng = np.random.default_rng(0)
    rows = [np.sort(rng.choice(178, size, replace=False)) for size in (178, 160, 161, 40, 3)]
    assert_each_equals_itself_alone(wine, rows, FULL)


def test_members_of_as_many_rows_are_bit_for_bit_what_they_are_alone(wine):
    rows = [np.arange(0, 100), np.arange(50, 150), np.arange(78, 178)]
    stack, _ = train_stack(wine.x, wine.y, members_of(wine, rows), FULL)
    for at, member in enumerate(members_of(wine, rows)):
        alone, _ = train_stack(wine.x, wine.y, [member], FULL)
        np.testing.assert_array_equal(parameters(stack.member(at)), parameters(alone.member(0)))


def test_rows_so_far_out_that_powers_overflow_are_trained_on_without_a_warning(wine):
    network, history = train_network(wine.x * 1e3, wine.y, FULL, np.random.default_rng(0))
    assert np.isfinite(parameters(network)).all()
    assert np.isfinite(history.loss).all()


def test_each_member_becomes_it_in_mini_batches_too(wine):
    rng = np.random.default_rng(0)
    rows = [np.sort(rng.choice(178, size, replace=False)) for size in (100, 100, 99, 97)]
    assert_each_equals_itself_alone(wine, rows, MINI)


@pytest.mark.parametrize("shorter", [96, 80, 65, 17, 16, 5])
def test_each_member_becomes_it_in_mini_batches_when_another_has_more_of_them(wine, shorter):
    rows = [np.arange(0, 100), np.arange(178 - shorter, 178)]
    assert_each_equals_itself_alone(wine, rows, replace(MINI, log_every=1000))


def test_the_history_stays_finite_when_a_member_has_fewer_mini_batches(wine):
    members = members_of(wine, [np.arange(0, 100), np.arange(100, 150)])
    _, history = train_stack(wine.x, wine.y, members, replace(MINI, log_every=1))
    assert np.isfinite(history.loss).all()
    assert np.isfinite(history.training_accuracy).all()


def test_the_history_of_a_stack_has_a_column_for_each_member(wine):
    members = members_of(wine, [np.arange(178), np.arange(50), np.arange(20, 80)])
    _, history = train_stack(wine.x, wine.y, members, FULL)
    assert history.epochs.tolist() == [0, 10, 20, 30, 40, 50]
    assert history.loss.shape == history.training_accuracy.shape == (6, 3)


def test_the_history_of_one_network_is_flat(wine):
    _, history = train_network(wine.x / 1000, wine.y, FULL, np.random.default_rng(0))
    assert history.epochs.shape == history.loss.shape == history.training_accuracy.shape == (6,)


def test_the_history_holds_the_loss_before_the_update_and_the_accuracy_after_it(wine):
    z = fit_standardizer(wine.x).transform(wine.x)
    after, history = train_network(z, wine.y, replace(FULL, epochs=1), np.random.default_rng(4))
    before = init_network((13, 6, 4, 3), np.random.default_rng(4), "glorot")
    assert history.loss[0] == pytest.approx(cross_entropy(predict_proba(before, z), wine.y), rel=1e-13)
    assert history.training_accuracy[0] == np.mean(predict_proba(after, z).argmax(axis=1) == wine.classes)


def test_a_long_table_is_passed_over_once_even_when_the_epochs_are_fewer(wine):
    recipe = replace(FULL, epochs=2, batch_rows=50, log_every=1)
    _, history = train_network(wine.x / 1000, wine.y, recipe, np.random.default_rng(0))
    assert history.epochs.tolist() == [0, 1, 2, 3]


def test_training_changes_none_of_what_it_is_given(wine):
    before = wine.x.tobytes(), wine.y.tobytes()
    train_network(wine.x, wine.y, replace(MINI, epochs=5), np.random.default_rng(0))
    assert (wine.x.tobytes(), wine.y.tobytes()) == before


@pytest.mark.parametrize(
    "changes", [{"noise": 1.2}, {"averaged": 0.5}, {"noise": 0.7, "averaged": 0.3, "batch_rows": 50}]
)
def test_noise_and_averaging_leave_a_member_what_it_is_alone(wine, changes):
    recipe = replace(RECIPES["default"], **({"epochs": 30, "noise": 0.0, "averaged": 0.0} | changes))
    rows = [np.arange(178), np.arange(0, 178, 2)]
    together, _ = train_stack(wine.x, wine.y, members_of(wine, rows), recipe)
    for at, member in enumerate(members_of(wine, rows)):
        alone, _ = train_stack(wine.x, wine.y, [member], recipe)
        for one, other in zip(alone.weights, together.weights, strict=True):
            np.testing.assert_allclose(one[0], other[at], rtol=1e-7, atol=1e-9)
