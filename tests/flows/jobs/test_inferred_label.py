import pytest

from data.profiling import profile
from flows.jobs.inferred_label import find_label
from schemas.errors import TableError

ROWS = 12
CELLS = {
    "number": lambda at: f"{at}.5",
    "class": lambda at: "ab"[at % 2],
    "flag": lambda at: str(at % 2),
    "words": lambda at: ["x", "y", "z"][at % 3],
    "id": lambda at: f"B{at:03}",
    "alike": lambda at: "same",
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


def test_the_label_that_is_stated_is_taken_exactly_or_else_without_case(tmp_path):
    found = columns(tmp_path, {"Race": "class", "race": "words", "Size": "number", "target": "flag"})
    assert find_label(found, "race").profile.place == 1
    assert find_label(found, "TARGET ").profile.name == "target"
    with pytest.raises(TableError, match=r"2 columns are called 'RACE'; found .*; name the column"):
        find_label(found, "RACE")


REFUSED = {
    "no column is called 'none'; found 'a', 'b'; ": ({"a": "class", "b": "number"}, "none"),
    "'a' can be no label; found one class, 'same', in all rows; ": ({"a": "alike", "b": "number"}, "a"),
    "no column is likely to be the label; found of 2 columns 'a', 'b'; ": ({"a": "number", "b": "number"}, None),
}


@pytest.mark.parametrize("message", REFUSED)
def test_what_can_be_no_label_is_refused_with_the_columns_and_the_way_out(tmp_path, message):
    kinds, stated = REFUSED[message]
    with pytest.raises(TableError, match=rf"^{message}name the column that says the class with --label$"):
        find_label(columns(tmp_path, kinds), stated)
