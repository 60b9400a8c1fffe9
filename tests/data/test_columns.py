from __future__ import annotations

import re

import pytest

from data.errors import SourceError
from data.sniffing import sniff


@pytest.mark.parametrize(("one", "other"), [("magnesium", "proline"), ("ash", "alcalinity_of_ash"), ("alcohol", "hue")])
def test_names_that_the_values_contradict_are_an_error(renamed, table, one, other):
    with pytest.raises(SourceError, match="outside the plausible bounds"):
        sniff(renamed(**{one: other, other: one}), table)


def test_a_feature_that_is_missing_is_named_with_what_was_found(text_file, bottles, table):
    path = text_file(bottles.drop(columns=["hue", "ash"]).to_csv(index=False))
    with pytest.raises(SourceError, match=r"columns missing: ash, hue; found 'cultivar', 'alcohol'"):
        sniff(path, table)


@pytest.mark.parametrize("place", [3, 7])
def test_a_label_in_the_middle_needs_names(text_file, bottles, table, place):
    order = [*range(1, place), 0, *range(place, 14)]
    moved = bottles.iloc[:, order]
    assert sniff(text_file(moved.to_csv(index=False)), table).label == place - 1
    with pytest.raises(SourceError):
        sniff(text_file(moved.to_csv(index=False, header=False)), table)


STATED = ["truth", "alcohol", "malic_acid", "ash", "alcalinity_of_ash", "magnesium", "total_phenols", "flavanoids",
          "nonflavanoid_phenols", "proanthocyanins", "color_intensity", "hue", "od280_od315", "proline"]  # fmt: skip


def test_a_person_may_say_what_the_columns_are(text_file, bottles, table):
    moved = bottles.iloc[:, ::-1]
    layout = sniff(text_file(moved.to_csv(index=False, header=False)), table, STATED[::-1])
    assert layout.label == 13
    assert list(layout.features.values()) == list(range(12, -1, -1))
    assert "as stated by --columns" in layout.why


def test_what_is_stated_may_leave_columns_out_and_name_an_id(renamed, table):
    assert sniff(renamed(), table, ["id", *STATED[1:]]).identifier == 0
    assert sniff(renamed(), table, ["-", *STATED[1:]]).ignored == ("cultivar",)


@pytest.mark.parametrize(
    ("stated", "words"),
    [
        (STATED[1:], "each of 14 columns; found 13"),
        (["class", *STATED[1:]], "needs one of"),
        ([*STATED[:-1], "alcohol"], "alcohol, alcohol twice; add ['proline']"),
        ([*STATED[:-1], "-"], "add ['proline']"),
        (["truth", "truth", *STATED[2:]], "truth, truth twice; add ['alcohol']"),
    ],
)
def test_what_is_stated_must_fit(renamed, table, stated, words):
    with pytest.raises(SourceError, match=re.escape(words)):
        sniff(renamed(), table, stated)
