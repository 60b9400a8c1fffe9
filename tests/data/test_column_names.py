from __future__ import annotations

import pytest

from data.column_names import normalize, says_nothing
from data.errors import SourceError
from data.sniffing import sniff


@pytest.mark.parametrize(
    "name", ["Alcohol", " alcohol ", "ALCOHOL", "'alcohol'", "1) Alcohol", "1. alcohol", "\uff21lcohol"]
)
def test_case_quotes_ordinals_and_width_say_nothing(name):
    assert normalize(name) == "alcohol"


@pytest.mark.parametrize("name", ["Mg", "magnesio", "MAGNESIUM", "Magnesum", "マグネシウム"])
def test_a_feature_is_known_by_its_spellings_and_their_misspellings(place, name):
    assert place("magnesium", magnesium=name) == 5


def test_what_is_only_nearly_a_name_is_reported(table, renamed):
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


@pytest.mark.parametrize("name", ["", " ", "V1", "x", "X_3", "Column 12", "att07", "Unnamed: 0", "f", "14", "level_0"])
def test_a_name_that_only_counts_says_nothing(name):
    assert says_nothing(name)


@pytest.mark.parametrize("name", ["ash", "alcohol", "V1a", "price", "hue 2", "id"])
def test_a_name_with_a_word_says_something(name):
    assert not says_nothing(name)
