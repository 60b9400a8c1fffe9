from hypothesis import given
from hypothesis import strategies as st

from data.profiles import Profile
from flows.jobs.inferred_bounds import apart, bounds_of, written

NUMBERS = st.floats(allow_nan=False, allow_infinity=False)


def numbers(low, high, *, whole=False):
    return Profile(
        0, "a", 9, 0, 9, whole, low, high, padded=False, dates=0, variety=1, levels={}, distinct=9, examples=()
    )


def test_bounds_are_what_was_found_widened_by_half_its_range_and_can_be_read():
    assert bounds_of(numbers(4.3, 7.9)) == (2.5, 9.7)
    assert bounds_of(numbers(278, 1680, whole=True)) == (0, 2400)
    assert bounds_of(numbers(0, 1, whole=True)) == (0, 2)
    assert bounds_of(numbers(20_240_101, 20_240_131, whole=True)) == (20_240_086, 20_240_146)
    assert bounds_of(numbers(1e-7, 3e-7)) == (0, 4.0e-7)


def test_what_is_never_negative_stays_so_and_what_is_never_positive_too():
    assert bounds_of(numbers(0.5, 10))[0] == 0
    assert bounds_of(numbers(-10, -0.5))[1] == 0
    assert bounds_of(numbers(-1, 1)) == (-2, 2)


@given(NUMBERS, NUMBERS, st.booleans())
def test_whatever_was_found_lies_within_bounds_that_are_finite(one, other, whole):
    low, high = min(one, other), max(one, other)
    lower, upper = bounds_of(numbers(low, high, whole=whole))
    assert -float("inf") < lower <= low <= high <= upper < float("inf")


def test_bounds_that_are_whole_are_written_so():
    assert [repr(written(bound)) for bound in (0.0, 12.0, 0.5, 1e20)] == ["0", "12", "0.5", "1e+20"]


def test_numbers_that_differ_are_shown_so_that_they_can_be_told_apart():
    assert apart(4.3, 7.9) == ("4.3", "7.9")
    assert apart(1e17, 1e17 + 416) == ("100,000,000,000,000,000", "100,000,000,000,000,416")
    assert apart(1.00000001, 1.00000002) == ("1.00000001", "1.00000002")
    assert apart(1e300, 1.0000001e300) == ("1e+300", "1.0000001e+300")
    assert apart(3, 3) == ("3", "3")
