import pyarrow as pa
import pytest

from data.profiles import Tally
from flows.jobs.inferred_features import feature_part
from schemas.names import RESERVED


def part(cells, name="a", copy=0.0):
    tally = Tally(0, name)
    tally.add(pa.chunked_array([pa.array(cells, pa.string())]))
    return feature_part(tally.profile(), (), copy)


def said(cells, **how):
    return dict(part(cells, **how).entries)


def test_a_number_has_bounds_and_a_category_its_levels_in_order():
    assert said(["1.5", "2.5", "3.5"]) == {"name": "a", "minimum": 0.5, "maximum": 4.5}
    assert said(["b", "a", "c"] * 9) == {"name": "a", "levels": ["a", "b", "c"]}
    assert said(["10", "9", "x"] * 9) == {"name": "a", "levels": ["9", "10", "x"]}


def test_what_is_missing_has_a_policy_where_any_is():
    assert said(["1.5", "2.5", "?"])["missing"] == "mean"
    assert said([*["b", "a"] * 9, "NA"])["missing"] == "level"


@pytest.mark.parametrize(("rows", "unseen"), [(1999, "level"), (2001, None)])
def test_a_level_that_is_not_declared_is_one_of_its_own_where_enough_occur_once(rows, unseen):
    found = part(["b", "a"] * ((rows - 1) // 2) + ["c"] + ["a"] * ((rows - 1) % 2))
    assert dict(found.entries).get("unseen") == unseen
    assert any(
        "1 of 3 levels occurs once, so about 0.05% of the rows to come have another" in note for note in found.notes
    )


@pytest.mark.parametrize("odd", ["tab\tb", "line\nb", "x" * 301, "a\u202e"])
def test_a_text_that_no_level_can_be_called_counts_as_unseen_and_that_is_unsure(odd):
    found = part([odd, "b", "c"] * 9)
    assert dict(found.entries) == {"name": "a", "levels": ["b", "c"], "unseen": "level"}
    assert found.unsure[0].startswith("9 rows with a text that no level can be called")


def test_zero_and_one_are_levels_where_both_are_common_and_a_count_where_one_is_rare():
    assert said(["0", "1"] * 9)["levels"] == ["0", "1"]
    assert said(["0"] * 1000 + ["1"] * 3) == {"name": "a", "minimum": 0, "maximum": 2}
    assert said(["true", "false"] * 9)["levels"] == ["false", "true"]


DOUBTS = {
    "0 and 1 alone": ["0", "1"] * 9,
    "3 different whole numbers: a number; a category, if they are codes": ["1", "2", "3"] * 9,
    "1 cell that no number can be read from: rejected": [*map(str, range(50)), "<5"],
    "numbers with a sign or a unit in 18 of 18 rows": ["$5", "$7"] * 9,
    "-999 in 9 of 49 rows is far from all others": [*map(str, range(40)), *["-999"] * 9],
    "whole numbers too large to be told apart": [str(10**17 + at * 99) for at in range(40)],
    "nearly the same everywhere, in 999 of 1,000 rows": ["0.5"] * 999 + ["7.5"],
}


@pytest.mark.parametrize("doubt", DOUBTS)
def test_what_could_well_be_otherwise_is_said(doubt):
    assert any(each.startswith(doubt) for each in part(DOUBTS[doubt]).unsure)


def test_what_nearly_says_the_label_by_itself_is_said():
    assert part(["1.5", "2.5"], copy=0.995).unsure == ("it says the label by itself in 99.5% of the rows",)
    assert part(["1.5", "2.5"], copy=0.9).unsure == ()


def test_what_was_found_stands_beside():
    assert part(["1.5", "2.5", "NA"]).notes == ("1.5 to 2.5; missing in 1 of 3 rows",)
    assert part(["b", "a", "a"] * 9).notes == ("a 18, b 9",)


@pytest.mark.parametrize("name", [*sorted(RESERVED), "Row", "LABEL"])
def test_a_reserved_name_is_changed_and_the_one_in_the_file_kept_as_its_spelling(name):
    found = said(["1.5", "2.5"], name=name)
    assert (found["name"], found["spellings"]) == (f"input_{name}", [name])


def test_a_name_in_brackets_says_the_unit():
    assert said(["1.5", "3.5"], name="size (cm)") == {"name": "size (cm)", "unit": "cm", "minimum": 0.5, "maximum": 4.5}
