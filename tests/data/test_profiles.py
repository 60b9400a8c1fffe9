import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data.profiles import MOST_LEVELS, Tally

KINDS = {
    "number": ["1.5", "2", "-3e2"],
    "constant": ["a", "A", " a "],
    "empty": ["", "NA", "?"],
    "date": ["2024-01-31", "2024-02-01", "31.12.2024"],
    "category": ["yes", "no", "yes", "no"],
    "text": ["a", "b", "c"],
}


def profiled(*chunks, decimal="."):
    tally = Tally(0, "a", decimal)
    for chunk in chunks:
        tally.add(pa.chunked_array([pa.array(chunk, pa.string())]))
    return tally.profile()


@pytest.mark.parametrize("kind", KINDS)
def test_what_a_column_seems_to_be(kind):
    assert profiled(KINDS[kind]).kind == kind


def test_codes_that_begin_with_zero_are_no_numbers():
    found = profiled(["007", "7", "010"] * 5)
    assert (found.kind, found.levels) == ("category", {"007": 5, "010": 5, "7": 5})


def test_a_few_odd_cells_among_many_numbers_leave_them_numbers():
    found = profiled([str(number) for number in range(100)], ["<5"])
    assert (found.kind, found.numbers, found.present) == ("number", 100, 101)
    assert profiled(["1", "2", "X"] * 5).kind == "category"


def test_levels_that_differ_in_case_or_as_numbers_are_written_are_one():
    assert profiled(["Yes", "Yes", "yes", "no"]).levels == {"no": 1, "Yes": 3}
    assert profiled(["10", "2", "2.0", "2"]).levels == {"2": 3, "10": 1}


def test_infinity_is_no_number():
    assert (profiled(["1", "inf"] * 9).numbers, profiled(["1", "2"]).whole) == (9, True)


def test_decimal_commas_are_numbers_where_they_are_said_to_be():
    found = profiled(["1,5", "2,25"], decimal=",")
    assert (found.minimum, found.maximum, found.whole) == (1.5, 2.25, False)


def test_no_more_levels_are_held_than_a_label_may_have():
    chunks = [[f"{chunk}-{number}" for number in range(400)] for chunk in range(5)]
    found = profiled(*chunks)
    assert (found.distinct, found.levels, found.variety, found.rows) == (MOST_LEVELS + 1, {}, 1.0, 2000)
    assert (found.kind, found.names_rows) == ("text", True)


def test_numbers_without_a_gap_count_the_rows():
    counted = [str(number) for number in range(7, 5007)]
    assert profiled(counted[:10], counted[10:]).counts_rows
    assert not profiled(counted[1:], counted[1:]).counts_rows
    assert not profiled([*counted, "9000"]).counts_rows


@settings(max_examples=40)
@given(st.lists(st.lists(st.sampled_from(["1", "2.5", "", "NA", "a", "B", "b", "2024-01-01"])), min_size=1))
def test_a_profile_is_the_same_however_the_column_is_cut(chunks):
    whole = [cell for chunk in chunks for cell in chunk]
    one, other = profiled(*chunks), profiled(whole)
    assert (one.rows, one.missing, one.numbers, one.dates, one.whole) == (
        other.rows, other.missing, other.numbers, other.dates, other.whole,
    )  # fmt: skip
    assert {key.casefold(): count for key, count in one.levels.items()} == {
        key.casefold(): count for key, count in other.levels.items()
    }
