import numpy as np
import pytest

from nn.shifts import likeliest_shift

ORDER = range(13)


@pytest.fixture
def mixed(wine):
    """The bottles in no order: in a table sorted by class, a bottle of the same class stands below each."""
    return np.random.default_rng(0).permutation(wine.x)


def lower(x, columns, start):
    other = x.copy()
    other[start + 1 :, columns] = x[start:-1][:, columns]
    return other


def weights(x):
    return np.ones(len(x) - 1)


@pytest.mark.parametrize("start", [0, 60])
@pytest.mark.parametrize("columns", [[12], [3, 4, 5], [6, 7, 8, 9], [0, 1, 2]])
def test_a_block_that_stands_a_row_too_low_is_found(joint, mixed, columns, start):
    found, nats = likeliest_shift(joint, lower(mixed, columns, start), ORDER, weights(mixed))
    assert nats > 20
    assert set(found) & set(columns)


def test_in_an_honest_table_nothing_speaks_for_it(joint, mixed):
    assert likeliest_shift(joint, mixed, ORDER, weights(mixed))[1] < 5


def test_columns_are_beside_each_other_as_in_the_file(joint, mixed):
    order = [*range(0, 13, 2), *range(1, 13, 2)]
    found, nats = likeliest_shift(joint, lower(mixed, [0, 2, 4], 0), order, weights(mixed))
    assert found == (0, 2, 4)
    assert nats > 100


def test_rows_without_the_one_after_them_say_nothing(joint, mixed):
    assert likeliest_shift(joint, lower(mixed, [3, 4], 0), ORDER, 0 * weights(mixed)) == ((), 0.0)
