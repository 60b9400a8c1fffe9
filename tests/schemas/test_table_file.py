from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from schemas.errors import TableError
from schemas.table_file import parse_table, read_table
from work import PENGUINS


def parse(text):
    return parse_table(text, "table.toml", Path("/there"))


def test_a_table_is_what_its_file_declares():
    table = parse(PENGUINS)
    assert (table.name, table.title, table.row, table.label) == ("penguins", "Penguins", "penguin", "species")
    assert table.features == ("bill length", "island", "sex", "mass")
    assert (table.numbers, [*table.categories]) == (("bill length", "mass"), ["island", "sex"])
    assert table.classes == {0: "Adelie", 1: "Gentoo | big"}
    assert table.class_index("GENTOO ") == 1
    assert table.bounds == {"bill length": (20, 80.5), "mass": (0, 9000)}
    assert table.may_be_missing == {"bill length", "sex"}
    assert (table.id_spellings, table.ignored, table.shipped, table.text) == (("ring",), ("rowid",), None, PENGUINS)


def test_rows_of_its_own_are_found_from_the_folder_of_the_file():
    assert parse(f'shipped = "birds.csv"\n{PENGUINS}').shipped == Path("/there/birds.csv")
    assert parse(f'shipped = "/else/birds.csv"\n{PENGUINS}').shipped == Path("/else/birds.csv")


FAULTS = {
    "no TOML": (PENGUINS.replace("format = 1", "format = "), "not TOML; found Invalid value"),
    "another format": (PENGUINS.replace("format = 1", "format = 2"), "format 1 is read here; found 2"),
    "a word that is not known": (PENGUINS + 'colour = "red"', r"features 4: nothing of that name .* features.colour"),
    "a word of another kind": (PENGUINS.replace("minimum = 20", 'minimum = "20"'), "minimum must be a number; found"),
    "a number that is none": (PENGUINS.replace("minimum = 20", "minimum = nan"), "must be a number; found nan"),
    "no name": (PENGUINS.replace('name = "penguins"', ""), "found no name; declare it"),
    "no label": (PENGUINS.replace('name = "species"', ""), "found no label.name"),
    "one class": (PENGUINS.replace('[[classes]]\nid = 0\nname = "Adelie"\n', ""), "needs two classes .* found 1 and 4"),
    "two classes of one id": (PENGUINS.replace("id = 1", "id = 0"), "two classes of one name or id; found 0"),
    "two classes alike": (PENGUINS.replace('"gentoo"', '"ADELIE"'), "spelt alike .* found 'Adelie' and 'Gentoo | big'"),
    "a name for no folder": (PENGUINS.replace('"penguins"', '"../pen"'), "a table is called by lowercase .* '../pen'"),
    "a name of Windows": (PENGUINS.replace('"penguins"', '"con"'), "found 'con'; rename it"),
    "a reserved feature": (PENGUINS.replace('"mass"', '"Label_ID"'), "the feature 'Label_ID'; rename it, and keep"),
    "two features alike": (PENGUINS.replace('"mass"', '"Sex"'), "differ in case alone.* found 'sex' and 'Sex'"),
    "a feature like the label": (PENGUINS.replace('"mass"', '"species"'), "found 'species' and 'species'"),
    "a feature of signs": (PENGUINS.replace('"mass"', '"<=>"'), "known by letters or digits; found '<=>'"),
    "a line break in a name": (PENGUINS.replace('"mass"', '"ma\\nss"'), "cannot be written as it is"),
    "a long name": (PENGUINS.replace('"mass"', f'"{"m" * 301}"'), "300 characters at most"),
    "bounds and levels": (PENGUINS.replace("unseen =", "minimum = 1\nunseen ="), "'sex': a category has levels"),
    "bounds the wrong way": (PENGUINS.replace("minimum = 20", "minimum = 90"), "found 90 and 80.5; correct them"),
    "bounds without room": (PENGUINS.replace("below = 9000", "maximum = 0"), "no value lies within .* found 0 and 0"),
    "two bounds of a side": (PENGUINS.replace("above = 0", "above = 0\nminimum = 1"), "'mass': one bound below and"),
    "a bound too large": (PENGUINS.replace("80.5", "1e200"), "a bound beyond which sums overflow; found 1e.200"),
    "no levels": (
        PENGUINS.replace('levels = ["male", "female"]', "levels = []"),
        "'sex': a category has levels; found n",
    ),
    "levels of one number": (
        PENGUINS.replace('"male", "female"', '"1", "1.0"'),
        "two levels are equal numbers; found",
    ),
    "a spelling of two": (PENGUINS + 'spellings = ["bill length"]', "two columns are spelt 'bill length'; found"),
    "an id that is a feature": (PENGUINS.replace('"ring"', '"Mass"'), "two columns are spelt 'Mass'; found 'mass'"),
    "the label ignored": (PENGUINS.replace('"rowid"', '"Species"'), "used and ignored; found 'Species', for 'species'"),
    "another policy": (PENGUINS.replace('missing = "mean"', 'missing = "level"'), "missing must be reject or mean"),
    "a policy of categories": (PENGUINS + 'unseen = "level"', "'mass': unseen must be reject; found 'level'"),
    "a level twice": (PENGUINS.replace('"male", "female"', '"male", "male"'), "'sex': a level twice; found 'male'"),
    "levels alike": (PENGUINS.replace('"male", "female"', '"male", "Male"'), "two levels are spelt alike"),
    "spellings of no level": (PENGUINS.replace("{ Biscoe", "{ Elba"), "no level; found 'Elba'"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_what_does_not_hold_is_said_by_its_place_in_one_line(fault):
    text, words = FAULTS[fault]
    assert text != PENGUINS
    with pytest.raises(TableError, match=f"^table.toml.*{words}") as error:
        parse(text)
    assert "\n" not in str(error.value)


def test_a_file_that_cannot_be_read_is_an_error(tmp_path):
    with pytest.raises(TableError, match="no table file; found No such file"):
        read_table(tmp_path / "none.toml")
    (tmp_path / "latin.toml").write_bytes(b'name = "\xe9"')
    with pytest.raises(TableError, match="no table file; found 'utf-8' codec"):
        read_table(tmp_path / "latin.toml")


def test_names_of_any_sort_are_names():
    text = PENGUINS.replace('"mass"', '"p_Ñ/select é; \\"x\\" 7"').replace('"Adelie"', '"<=50K"')
    table = parse(text)
    assert (table.features[-1], table.class_names[0]) == ('p_Ñ/select é; "x" 7', "<=50K")


def test_the_file_may_begin_with_a_mark(tmp_path):
    (tmp_path / "table.toml").write_text(PENGUINS, encoding="utf-8-sig")
    assert read_table(tmp_path / "table.toml").text == PENGUINS
    shutil.rmtree(tmp_path)
