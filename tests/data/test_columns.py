from __future__ import annotations

import re

import pytest

from data.columns import normalize
from data.layouts import SourceError, sniff


@pytest.fixture(scope="session")
def renamed(text_file, lines):
    def write(rows=60, **names):
        header = [names.get(name, name) for name in lines[0].split(",")]
        return text_file("\n".join([",".join(header), *lines[1 : 1 + rows]]))

    return write


@pytest.fixture(scope="session")
def place(table, renamed):
    def of(feature, **names):
        return sniff(renamed(**names), table).features[feature]

    return of


@pytest.mark.parametrize(
    "name", ["Alcohol", " alcohol ", "ALCOHOL", "'alcohol'", "1) Alcohol", "1. alcohol", "\uff21lcohol"]
)
def test_case_quotes_ordinals_and_width_say_nothing(name):
    assert normalize(name) == "alcohol"


@pytest.mark.parametrize("name", ["Mg", "magnesio", "MAGNESIUM", "Magnesum", "マグネシウム"])
def test_a_feature_is_known_by_its_spellings_and_their_misspellings(place, name):
    assert place("magnesium", magnesium=name) == 5


def test_what_is_only_nearly_a_name_is_told(table, renamed):
    assert "'Proantocyanin' for proanthocyanins" in sniff(renamed(proanthocyanins="Proantocyanin"), table).why


def test_an_exact_name_beats_a_loose_one(text_file, lines, table):
    rows = [f"{line},9" for line in lines[1:]]
    layout = sniff(text_file("\n".join([lines[0] + ",phenols", *rows])), table)
    assert layout.features["total_phenols"] == 6
    assert layout.ignored == ("phenols",)


@pytest.mark.parametrize("other", ["Flavanoids", "flavanoids "])
def test_two_columns_for_one_feature_are_an_error(renamed, table, other):
    with pytest.raises(SourceError, match=r"2 columns for flavanoids; found '\w+' and '\w+'; "):
        sniff(renamed(ash=other), table)


def test_two_labels_are_an_error(text_file, lines, table):
    rows = [f"{line[0]},{line}" for line in lines[1:]]
    with pytest.raises(SourceError, match="2 columns for cultivar"):
        sniff(text_file("\n".join(["class," + lines[0].replace("cultivar", "type"), *rows])), table)


@pytest.mark.parametrize(("one", "other"), [("magnesium", "proline"), ("ash", "alcalinity_of_ash"), ("alcohol", "hue")])
def test_names_that_the_values_contradict_are_an_error(renamed, table, one, other):
    with pytest.raises(SourceError, match="outside the plausible bounds"):
        sniff(renamed(**{one: other, other: one}), table)


def test_a_feature_that_is_missing_is_named_with_what_was_found(text_file, bottles, table):
    path = text_file(bottles.drop(columns=["hue", "ash"]).to_csv(index=False))
    with pytest.raises(SourceError, match=r"columns missing: ash, hue; found 'cultivar', 'alcohol'"):
        sniff(path, table)


def test_one_unknown_name_between_two_known_ones_is_told_by_its_place(place, renamed, table):
    assert place("flavanoids", flavanoids="V7") == 7
    assert "'V7' taken for flavanoids" in sniff(renamed(flavanoids="V7"), table).why


def test_columns_in_another_order_without_names_are_not_guessed(text_file, bottles, table):
    with pytest.raises(SourceError, match="not plausible in the features' order"):
        sniff(text_file(bottles.iloc[:, ::-1].to_csv(index=False, header=False)), table)


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
