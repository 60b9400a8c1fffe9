from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.feature import UNSEEN, Feature

ISLANDS = Feature("island", levels=("Biscoe", "Dream", "1", "2.50"), level_spellings={"Biscoe": ("b", "Biscoe Is.")})


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("Biscoe", 0), (" biscoe ", 0), ("B", 0), ("BISCOE IS.", 0), ("dream", 1), ("1", 2), ("1.0", 2), ("01", 2),
        ("2.5", 3), ("", UNSEEN), ("Dreams", UNSEEN), ("3", UNSEEN), ("nan", UNSEEN), ("1e", UNSEEN),
    ],
)  # fmt: skip
def test_a_level_is_known_by_name_spelling_or_as_an_equal_number(text, place):
    assert ISLANDS.level_index(text) == place


def test_levels_that_differ_in_case_alone_are_known_exactly():
    assert [Feature("a", levels=("x", "X")).level_index(text) for text in ("x", "X")] == [0, 1]


@given(st.lists(st.text(min_size=1).filter(lambda text: text == text.strip()), min_size=1, unique_by=str.casefold))
def test_every_level_is_known_by_its_own_name(levels):
    feature = Feature("a", levels=tuple(levels))
    assert [feature.level_index(level) for level in levels] == list(range(len(levels)))


@pytest.mark.parametrize(
    ("said", "bounds"),
    [
        ({}, (float("-inf"), float("inf"))),
        ({"minimum": 1, "above": 0}, (1, float("inf"))),
        ({"maximum": 9, "below": 8}, (float("-inf"), 8)),
    ],
)
def test_the_bounds_are_the_narrowest_that_are_said(said, bounds):
    assert Feature("a", **said).bounds == bounds


def test_what_has_levels_is_a_category():
    assert (ISLANDS.is_category, Feature("a").is_category) == (True, False)


@pytest.mark.parametrize(("levels", "texts"), [(("0", "1"), ("false", "True")), (("false", "true"), ("0", "1.0"))])
def test_flags_are_levels_as_words_and_as_numbers(levels, texts):
    assert [Feature("a", levels=levels).level_index(text) for text in texts] == [0, 1]


def test_an_equal_number_may_have_a_decimal_comma():
    assert Feature("a", levels=("1", "2.5")).level_index("2,5") == 1


@pytest.mark.parametrize(
    ("text", "place"), [("0_1", -1), ("-0", 0), ("1e0", 1), ("inf", -1), ("\N{ARABIC-INDIC DIGIT ONE}", -1)]
)
def test_only_numbers_as_files_have_them_are_equal_to_a_level(text, place):
    assert Feature("a", levels=("0", "1")).level_index(text) == place
