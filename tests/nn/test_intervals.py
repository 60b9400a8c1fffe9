import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest

from nn.intervals import wilson


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
