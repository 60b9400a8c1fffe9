import numpy as np
import pytest

from nn.bins import Levels, Tenths, bins_of
from nn.columns import Column

RED_WHITE = ("red", "white")


def counted(bins, values):
    return bins.count(np.array(values), np.empty(len(values), dtype=bool)).tolist()


def outside(bins, values):
    return bins.outside(np.array(values), np.empty(len(values), dtype=bool))


def test_a_number_has_ten_bins_and_one_for_what_is_missing_where_that_is_allowed():
    values = np.append(np.arange(100.0), np.full(5, np.nan))
    bins = bins_of(values, Column(missing=True))
    assert isinstance(bins, Tenths)
    assert counted(bins, values) == [10] * 10 + [5]
    assert counted(bins_of(np.arange(100.0), Column()), np.arange(100.0)) == [10] * 10
    assert outside(bins, [np.nan, -1.0, 50.0, 100.0]) == 2


@pytest.mark.parametrize("missing", [False, True])
def test_edges_are_those_of_the_values_that_are_there(missing):
    values = np.random.default_rng(0).normal(size=200)
    with_missing = np.append(values, np.full(50 * missing, np.nan))
    np.testing.assert_array_equal(
        bins_of(with_missing, Column(missing=missing)).edges, np.quantile(values, np.arange(1, 10) / 10)
    )


def test_of_a_number_that_no_training_row_has_nothing_lies_outside():
    bins = bins_of(np.full(3, np.nan), Column(missing=True))
    assert (counted(bins, [1.0, np.nan]), outside(bins, [1.0, np.nan])) == ([1, *[0] * 9, 1], 0)


def test_levels_that_training_rows_never_had_lie_outside():
    bins = bins_of(np.array([0.0, 0.0]), Column(RED_WHITE, missing=True))
    assert isinstance(bins, Levels)
    assert counted(bins, [0.0, 1.0, np.nan]) == [1, 1, 1]
    assert outside(bins, [0.0, 1.0, np.nan]) == 2


def test_a_level_added_to_the_table_later_is_in_no_bin_and_outside():
    bins = bins_of(np.array([0.0, 1.0]), Column(RED_WHITE))
    assert (counted(bins, [0.0, 2.0]), outside(bins, [0.0, 2.0])) == ([1, 0], 1)
