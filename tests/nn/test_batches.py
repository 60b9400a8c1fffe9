from dataclasses import replace
from itertools import chain, islice

import numpy as np
import pytest

from nn.backpropagation import Backpropagation
from nn.batches import Member, load_batches, moved_rows
from nn.encoding import fit_standardizer
from nn.network import Network
from nn.recipe import Recipe

RECIPE = Recipe("batches", (2,), "glorot", 0.1, 10, batch_rows=16)


def members_of(wine, rows):
    return [Member(each, fit_standardizer(wine.x[each]), np.random.default_rng(at)) for at, each in enumerate(rows)]


def batches_of(wine, rows, recipe):
    """The batches of a stack with a member for each of these rows, endless."""
    count = len(rows)
    weights, biases = (np.zeros((count, 13, 2)), np.zeros((count, 2, 3))), (np.zeros((count, 2)), np.zeros((count, 3)))
    passes = Backpropagation(Network(weights, biases), min(recipe.batch_rows, max(map(len, rows))))
    return load_batches(passes, wine.x, wine.y, members_of(wine, rows), recipe)


def numbers(wine, columns, rows):
    """Which rows of the shipped table a batch's columns are, standardized by these rows."""
    z = fit_standardizer(wine.x[rows]).transform(wine.x)
    return [int(np.flatnonzero((z == column).all(axis=1))[0]) for column in columns.T]


def test_a_table_that_fits_one_batch_is_every_batch_in_its_order(wine):
    rows = np.arange(20, 30)
    for batch in islice(batches_of(wine, [rows], RECIPE), 3):
        assert numbers(wine, batch.x[0], rows) == rows.tolist()


def test_a_pass_of_mini_batches_sees_every_row_once_and_the_next_pass_in_another_order(wine):
    rows = np.arange(40, 88)
    seen = [numbers(wine, batch.x[0].copy(), rows) for batch in islice(batches_of(wine, [rows], RECIPE), 6)]
    first, second = [*chain(*seen[:3])], [*chain(*seen[3:])]
    assert sorted(first) == sorted(second) == rows.tolist()
    assert first != second


def test_the_last_batch_of_a_pass_is_what_is_left(wine):
    rows = np.arange(20)
    _, last = (batch.x[0].copy() for batch in islice(batches_of(wine, [rows], RECIPE), 2))
    assert len(numbers(wine, last[:, :4], rows)) == 4


def test_each_member_is_standardized_by_its_own_rows(wine):
    rows = [np.arange(10), np.arange(100, 110)]
    batch = next(batches_of(wine, rows, RECIPE))
    np.testing.assert_allclose(batch.x.mean(axis=2), 0, atol=1e-12)
    np.testing.assert_allclose(batch.x.std(axis=2), 1)


def test_a_members_batches_do_not_depend_on_the_others(wine):
    rows = np.arange(50)
    alone = [batch.x[0].copy() for batch in islice(batches_of(wine, [rows], RECIPE), 8)]
    together = [batch.x[0].copy() for batch in islice(batches_of(wine, [rows, np.arange(50, 90)], RECIPE), 8)]
    for one, other in zip(alone, together, strict=True):
        np.testing.assert_array_equal(one, other)


@pytest.fixture(scope="module")
def whole(wine):
    return next(batches_of(wine, [np.arange(178)], replace(RECIPE, batch_rows=1000, noise=0.7)))


def test_without_noise_no_row_is_moved(whole):
    np.testing.assert_array_equal(moved_rows(whole, 0, [np.random.default_rng(0)]), whole.x)


def test_a_row_is_moved_by_the_scaled_difference_of_two_rows_of_its_class(wine, whole):
    moves = (moved_rows(whole, 0.7, [np.random.default_rng(0)])[0] - whole.x[0])[:, 60]
    z = whole.x[0][:, wine.classes == wine.classes[60]]
    differences = (z[:, :, None] - z[:, None, :]) * 0.7 / np.sqrt(2)
    assert np.abs(differences - moves[:, None, None]).max(axis=0).min() == pytest.approx(0, abs=1e-12)


def test_the_noise_has_the_covariance_of_the_class(wine, whole):
    rng = np.random.default_rng(0)
    barolo = wine.classes == 0
    moves = np.concatenate([(moved_rows(whole, 1, [rng])[0] - whole.x[0])[:, barolo] for _ in range(300)], axis=1)
    expected = np.cov(whole.x[0][:, barolo], bias=True)
    np.testing.assert_allclose(np.cov(moves), expected, atol=0.05 * np.abs(expected).max())


def test_the_rows_of_the_batch_stay_as_they_are_when_they_are_moved(whole):
    before = whole.x.tobytes()
    moved_rows(whole, 1, [np.random.default_rng(0)])
    assert whole.x.tobytes() == before
