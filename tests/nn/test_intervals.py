import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binom, binomtest

from nn.intervals import chance_of_at_most, wilson


@pytest.mark.parametrize(("right", "count", "expected"), [(0, 10, (0.0, 0.2775)), (9, 10, (0.5958, 0.9821))])
def test_wilsons_interval_is_that_of_the_tables(right, count, expected):
    assert wilson(right, count) == pytest.approx(expected, abs=1e-4)


@given(st.integers(1, 10_000).flatmap(lambda count: st.tuples(st.integers(0, count), st.just(count))))
def test_wilsons_interval_is_scipys(counted):
    right, count = counted
    expected = binomtest(right, count).proportion_ci(0.9, method="wilson")
    assert wilson(right, count, 0.9) == pytest.approx((expected.low, expected.high), abs=1e-9)


def test_nothing_counted_is_no_knowledge():
    assert wilson(0, 0) == (0.0, 1.0)


@given(
    st.integers(1, 5_000).flatmap(lambda count: st.tuples(st.integers(0, count), st.just(count))),
    st.floats(0.001, 0.999),
)
def test_the_chance_of_at_most_so_many_is_scipys(counted, share):
    right, count = counted
    assert chance_of_at_most(right, count, share) == pytest.approx(binom.cdf(right, count, share), rel=1e-7, abs=1e-300)


@pytest.mark.parametrize(
    ("right", "count", "share", "expected"),
    [(3, 3, 0.2, 1), (-1, 3, 0.2, 0), (1, 3, 0.0, 1), (1, 3, 1.0, 0), (0, 0, 0.5, 1)],
)
def test_what_is_certain_has_the_chance_of_that(right, count, share, expected):
    assert chance_of_at_most(right, count, share) == expected


def test_a_million_rows_are_no_trouble():
    assert chance_of_at_most(979_000, 1_000_000, 0.98) == pytest.approx(binom.cdf(979_000, 1_000_000, 0.98), rel=1e-6)
    assert chance_of_at_most(500_000, 1_000_000, 0.98) == 0


@pytest.mark.parametrize("count", [1, 3, 108, 178, 12_345])
def test_the_ends_of_certainty_are_certain(count):
    assert wilson(count, count)[1] == 1.0
    assert wilson(0, count)[0] == 0.0
