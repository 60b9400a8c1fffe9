from dataclasses import replace
from itertools import chain, islice

import numpy as np
import pytest

from nn.backpropagation import Backpropagation
from nn.batches import Member, load_batches
from nn.encoding import fit_standardizer
from nn.parameters import Parameters
from nn.recipe import Recipe

RECIPE = Recipe("batches", (2,), "glorot", 0.1, 10, batch_rows=16)


def members_of(wine, rows):
    return [Member(each, fit_standardizer(wine.x[each]), np.random.default_rng(at)) for at, each in enumerate(rows)]


def batches_of(wine, rows, recipe):
    """What a stack with a member for each of these rows holds, batch after batch, endless."""
    passes = Backpropagation(Parameters(len(rows), (13, 2, 3)), min(recipe.batch_rows, max(map(len, rows))))
    for _ in load_batches(passes, wine.x, wine.y, members_of(wine, rows), recipe):
        yield passes


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


def test_each_row_has_its_share_of_its_members_batch_and_an_empty_column_none(wine):
    rows = [np.arange(16), np.arange(4)]
    share = next(batches_of(wine, rows, RECIPE)).share
    np.testing.assert_array_equal(share, [[1 / 16] * 16, [1 / 4] * 4 + [0] * 12])


def test_what_a_shorter_batch_does_not_fill_has_no_share_any_more(wine):
    shares = [batch.share.copy() for batch in islice(batches_of(wine, [np.arange(20)], RECIPE), 2)]
    assert [(share > 0).sum() for share in shares] == [16, 4]


def test_the_truth_is_that_of_the_rows(wine):
    rows = np.arange(40, 88)
    for batch in islice(batches_of(wine, [rows], RECIPE), 3):
        np.testing.assert_array_equal(batch.y[0].T, wine.y[numbers(wine, batch.x[0], rows)])


def test_how_the_table_lies_in_memory_does_not_matter(wine):
    turned = replace(wine, x=np.asfortranarray(wine.x), y=np.asfortranarray(wine.y))
    one, other = (next(batches_of(table, [np.arange(16)], RECIPE)) for table in (wine, turned))
    np.testing.assert_array_equal(one.x, other.x)


@pytest.mark.parametrize(("noise", "count"), [(0, 0), (0.7, 2)])
def test_a_batch_comes_with_the_noise_of_each_members_rows_where_the_recipe_has_noise(wine, noise, count):
    rows = [np.arange(16), np.arange(100, 110)]
    passes = Backpropagation(Parameters(2, (13, 2, 3)), 16, moved=True)
    noises = next(load_batches(passes, wine.x, wine.y, members_of(wine, rows), replace(RECIPE, noise=noise)))
    assert [each.scaled.shape for each in noises] == [(16, 13), (10, 13)][:count]


def test_a_missing_number_is_held_as_the_mean_of_its_members_rows(wine):
    x = wine.x.copy()
    x[3, 2] = np.nan
    held = next(batches_of(replace(wine, x=x), [np.arange(10)], RECIPE)).x[0]
    assert held[2, 3] == 0
    assert np.isfinite(held).all()
