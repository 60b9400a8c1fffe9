import pyarrow as pa
import pytest

from data.profiles import Tally
from flows.jobs.inferred_looks import looks_like_marks, looks_like_names, looks_like_numbers


def column(cells):
    tally = Tally(0, "a")
    tally.add(pa.chunked_array([pa.array(cells, pa.string())]))
    return tally.profile()


@pytest.mark.parametrize(
    ("cells", "found"),
    [
        (["$1,000.00", "$250.50"] * 9, "numbers with a sign or a unit in 18 of 18 rows: clean the column"),
        (["5%", "7 %", "9"] * 9, "numbers with a sign or a unit in 18 of 27 rows: clean the column"),
        (["5 kg", "7kg"] * 9, "numbers with a sign or a unit in 18 of 18 rows: clean the column"),
        (["1,000", "2,500"] * 9, "numbers with a sign or a unit in 18 of 18 rows: clean the column"),
        ([*["0.1", "0.2", "0.3"] * 17, *["-"] * 9], "numbers in 51 of 60 rows, the others '-': clean the column"),
    ],
)
def test_texts_that_are_numbers_but_for_signs_units_or_a_few_others_are_said_to_be_so(cells, found):
    said = [*looks_like_numbers(column(cells))]
    assert (len(said), said[0].startswith(found)) == (1, True)


@pytest.mark.parametrize(
    "cells", [["a", "b"], ["18-25", "26-40"], ["1st", "2nd", "3rd"], ["007", "7"], ["1", "0"], ["1", "x", "y"]]
)
def test_words_codes_and_plain_numbers_look_like_what_they_are(cells):
    assert [*looks_like_numbers(column(cells * 9))] == []


@pytest.mark.parametrize(("mark", "said"), [("-999", 1), ("9999", 1), ("-99.0", 1), ("45", 0), ("-500", 0), ("9", 0)])
def test_a_number_of_nines_far_from_all_others_may_stand_for_a_missing_value(mark, said):
    cells = [*map(str, range(10, 40)), mark, mark]
    found = [*looks_like_marks(column(cells))]
    assert len(found) == said
    assert not said or found[0].startswith(f"{mark} in 2 of 32 rows is far from all others")


def test_whole_numbers_too_large_to_be_told_apart_may_be_names():
    assert len([*looks_like_names(column([str(10**17 + at) for at in range(9)]))]) == 1
    assert [*looks_like_names(column(["9007199254740992", "5"]))] == []
