import pytest

from data.profiling import profile
from flows.jobs.inferred_label import find_label
from schemas.errors import TableError

ROWS = 24
CELLS = {
    "number": lambda at: f"{at}.5",
    "class": lambda at: "ab"[at % 2],
    "flag": lambda at: str(at % 2),
    "words": lambda at: ["x", "y", "z"][at % 3],
    "id": lambda at: f"B{at:03}",
    "alike": lambda at: "same",
    "counted": lambda at: str(at % 12 + 3),
    "hollow": lambda at: "ab"[at % 2] if at < 6 else "",
    "odd": lambda at: ["a", "b\u202e"][at % 2],
    "date": lambda at: f"2024-01-{at % 3 + 1:02}",
}
GUESSES = {
    "by its name": ({"size": "number", "target": "flag", "kind": "words"}, "target"),
    "by its name, with words beside": ({"Survived": "flag", "Sex": "class", "size": "number"}, "Survived"),
    "the name of a question": ({"a": "number", "is_churned": "flag", "kind": "words"}, "is_churned"),
    "the only words": ({"size": "number", "race": "class", "height": "number"}, "race"),
    "the last words": ({"race": "class", "size": "number", "colour": "words"}, "colour"),
    "the first words": ({"race": "class", "colour": "words", "size": "number"}, "race"),
    "the last number": ({"size": "number", "height": "number", "passed": "flag"}, "passed"),
    "the first number": ({"passed": "flag", "size": "number", "height": "number"}, "passed"),
    "no class by name alone": ({"class": "id", "size": "number", "race": "class"}, "race"),
    "no date": ({"race": "class", "size": "number", "day": "date"}, "race"),
}


def columns(tmp_path, kinds):
    path = tmp_path / "a.csv"
    lines = [",".join(CELLS[kind](at) for kind in kinds.values()) for at in range(ROWS)]
    path.write_text("\n".join([",".join(kinds), *lines]) + "\n")
    return profile(path).columns


@pytest.mark.parametrize("guess", GUESSES)
def test_the_label_is_guessed(tmp_path, guess):
    kinds, label = GUESSES[guess]
    assert find_label(columns(tmp_path, kinds), None).profile.name == label


def test_a_guess_that_no_name_supports_is_unsure_and_so_is_one_of_two_names(tmp_path):
    placed = find_label(columns(tmp_path, {"race": "class", "size": "number"}), None)
    assert placed.unsure == ("no name says which column is the label; race is the only column of words",)
    named = find_label(columns(tmp_path, {"class": "class", "size": "number", "target": "flag"}), None)
    assert (named.profile.name, named.why) == ("target", "by its name")
    assert named.unsure == ("the label could be 'class' as well, by name",)


def test_the_label_that_is_stated_is_taken_whatever_its_case(tmp_path):
    found = columns(tmp_path, {"race": "words", "Size": "number", "target": "flag"})
    assert find_label(found, "Race ").profile.name == "race"


@pytest.mark.parametrize("stated", ["race", "Race", None])
def test_a_second_column_of_the_labels_name_is_refused_with_both(tmp_path, stated):
    kinds = {"Race": "class", "race": "words", "size": "number"}
    found = columns(tmp_path, kinds if stated else {"CLASS": "class", "class": "words", "size": "number"})
    with pytest.raises(
        TableError, match=r"; found '(Race|CLASS)' \(column 1\), '(race|class)' \(column 2\); rename all"
    ):
        find_label(found, stated)


def test_a_named_column_of_many_numbers_is_the_label_after_all_others_and_unsure(tmp_path):
    counts = {"target": "counted", "size": "number"}
    alone = find_label(columns(tmp_path, counts), None)
    assert (alone.profile.name, alone.why) == ("target", "by its name")
    assert alone.unsure[0].startswith("12 different numbers in 24 rows are probably measured")
    assert find_label(columns(tmp_path, counts), "target").unsure == alone.unsure
    other = find_label(columns(tmp_path, counts | {"species": "class"}), None)
    assert (other.profile.name, other.unsure) == ("species", ("the label could be 'target' as well, by name",))


REFUSED = {
    "no column is called 'none'; found 'a', 'b'; ": ({"a": "class", "b": "number"}, "none"),
    "'a' can be no label; found one class, 'same', in all rows; ": ({"a": "alike", "b": "number"}, "a"),
}
NONE = {
    r"'species' \(one class, 'same', in all rows\), 'a' \(numbers that are not whole\)": ("alike", "number"),
    r"'species' \(24 different texts in 24 rows, which are no classes\), ": ("id", "number"),
    r"'species' \(missing in 18 of 24 rows\), ": ("hollow", "number"),
    r"'species' \(dates\), 'a' \(": ("date", "number"),
    r"'species' \(a text that no class can be called, 'b.u202e'\), 'a' \(": ("odd", "number"),
}


@pytest.mark.parametrize("message", REFUSED)
def test_what_can_be_no_label_is_refused_with_the_columns_and_the_way_out(tmp_path, message):
    kinds, stated = REFUSED[message]
    with pytest.raises(TableError, match=rf"^{message}name the column that says the class with --label$"):
        find_label(columns(tmp_path, kinds), stated)


@pytest.mark.parametrize("found", NONE)
def test_where_no_column_is_likely_to_be_the_label_those_that_come_nearest_are_named_with_the_reason(tmp_path, found):
    label, other = NONE[found]
    message = rf"^no column is likely to be the label; found of 2 columns {found}.*; name the column that says"
    with pytest.raises(TableError, match=message):
        find_label(columns(tmp_path, {"a": other, "species": label}), None)
