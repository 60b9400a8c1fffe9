from __future__ import annotations

import pytest

from data.column_names import anonymous, by_name, known_names, normalize
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


def test_two_labels_that_agree_are_one(text_file, lines, table):
    rows = [f"{line[0]},{line}" for line in lines[1:]]
    header = "class," + lines[0].replace("cultivar", "type")
    assert sniff(text_file("\n".join([header, *rows])), table).label == 0


NAMELESS = {
    "V": [f"V{at}" for at in range(1, 15)], "x, x.1, ...": ["x", *(f"x.{at}" for at in range(1, 14))],
    "German": [f"Merkmal {at}" for at in range(14)], "Japanese": [f"列{at}" for at in range(14)],
    "Greek letters": list("αβγδεζηθικλμνξ"), "letters": list("abcdefghijklmn"), "dots": ["."] * 14,
    "numbers": [str(at) for at in range(14)], "blank": ["", " "] * 7,
    "pandas": [f"Unnamed: {at}" for at in range(14)], "two levels": [f"Unnamed: {at}_level_0" for at in range(14)],
    "feature_00": [f"feature_{at:02}" for at in range(14)],
}  # fmt: skip


@pytest.mark.parametrize("kind", NAMELESS)
def test_names_with_nothing_but_a_place_in_common_say_nothing(table, kind):
    assert all(anonymous(NAMELESS[kind], table))
    assert not by_name(NAMELESS[kind], table).places


@pytest.mark.parametrize("names", [["ash", "alcohol", "price"], ["hue 2", "id", "V1a"], ["od280", "od315"], ["c", "a"]])
def test_a_name_with_a_word_of_its_own_says_something(table, names):
    assert not any(anonymous(names, table))


@pytest.mark.parametrize(
    ("names", "known"),
    [(["Class", "Alcohol", "Malic acid"], 3), (["class", "numeric", "numeric"], 1), (["", "price"], 0),
     (["Alcohol (% vol)", "Mg [mg/l]", "hue"], 3)],
)  # fmt: skip
def test_known_names_are_counted_as_they_are_spelt(table, names, known):
    assert known_names(names, table) == known


LABORATORY = {
    "alcohol": ["Alcohol (% vol)", "Alcohol [vol %]", "Alcohol, % vol.", "alcohol_pct", "ABV", "alcohol content",
                "Alkohol", "Alcohol %", "AlcoholPct", "alcohol_vol_pct", "Alkohol in Vol.-%", "Alcohol / % v/v"],
    "proline": ["Proline (mg/l)", "proline_mg_l", "Proline [mg L⁻¹]", "Proline, mg/L", "Proline mg/l", "Prolin in mg/l",
                "proline_mg_per_l", "Proline (ppm)", "Prolina - mg/l"],
    "magnesium": ["Mg (mg/l)", "Mg", "Mg_mg_l", "Magnesium [mg/L]"],
    "total_phenols": ["Total phenols (mg GAE/l)", "Phenols (g/l)", "total_phenols_g_l"],
    "alcalinity_of_ash": ["Alcalinity of ash (meq/l)", "Alcalinity (mval/l)"],
    "hue": ["Hue (-)", "Hue [ratio]", "Hue (1)"], "color_intensity": ["Color intensity (AU)", "Colour, a.u."],
}  # fmt: skip


@pytest.mark.parametrize(("feature", "name"), [(each, name) for each in LABORATORY for name in LABORATORY[each]])
def test_a_unit_is_no_part_of_a_name(place, table, feature, name):
    assert place(feature, **{feature: f'"{name}"'}) == 1 + table.features.index(feature)


@pytest.mark.parametrize("name", ["mg/l", "(% vol)", "phenols (nonflavanoid, of which)", "Alcohol (made up)"])
def test_what_is_in_brackets_and_no_unit_is_a_part_of_the_name(table, name):
    assert by_name([name, "price"], table).features == {}


@pytest.mark.parametrize(
    ("name", "unit", "usual"),
    [("Proline (g/l)", "g/l", "mg/l"), ("Malic acid [mg/l]", "mg/l", "g/l"), ("alcohol_g_l", "g_l", "% vol"),
     ("Mg (mmol/l)", "mmol/l", "mg/l"), ("Ash (mg/100 ml)", "mg/100 ml", "g/l")],
)  # fmt: skip
def test_a_unit_of_another_scale_is_remarked_on(table, name, unit, usual):
    (remark,) = by_name([name, "hue"], table).remarks
    assert remark.startswith(f"{name!r} says {unit}, where {usual} is usual for ")


def test_a_remark_is_a_part_of_the_layout(table, renamed):
    layout = sniff(renamed(proline="Proline (g/l)"), table)
    assert layout.remarks == ("'Proline (g/l)' says g/l, where mg/l is usual for proline",)
    assert layout.remarks[0] in layout.why
