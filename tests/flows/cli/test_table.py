import tomllib

import pytest

from work import WINE, is_refusal, snapshot


def test_what_is_printed_is_a_table_file_and_nothing_else(wine_labels):
    said = wine_labels("table", "infer", WINE)
    declared = tomllib.loads(said.out)
    assert (said.status, said.err, declared["label"]["name"]) == (0, "", "cultivar")
    assert [each["id"] for each in declared["classes"]] == [1, 2, 3]


def test_with_json_there_is_one_object_of_the_same_text_and_what_is_unsure(wine_labels):
    document = wine_labels("table", "infer", WINE, "--json").document
    assert document == {"table": wine_labels("table", "infer", WINE).out, "unsure": []}


def test_a_text_is_printed_as_it_is_however_long_a_line_of_it_is(wine_labels, tmp_path):
    path = tmp_path / "a.csv"
    levels = [f"{'x' * 250} {at % 26}" for at in range(104)]
    rows = [f"{level},{at}.5,{'ab'[at % 2]}" for at, level in enumerate(levels)]
    path.write_text("\n".join(["level,size,class", *rows]) + "\n")
    declared = tomllib.loads(wine_labels("table", "infer", path).out)
    assert {*declared["features"][0]["levels"]} == {*levels}


def test_the_label_may_be_stated(wine_labels):
    said = wine_labels("table", "infer", WINE, "--label", "magnesium")
    assert tomllib.loads(said.out)["label"] == {"name": "magnesium"}


REFUSED = {
    "no file": ["none.csv"],
    "no such label": [WINE, "--label", "none"],
    "several files": ["many"],
    "a label of too few": ["one.csv", "--label", "same"],
}


@pytest.mark.parametrize("words", REFUSED.values(), ids=REFUSED)
def test_what_declares_no_table_is_refused_in_one_line(wine_labels, here, words):
    (here / "one.csv").write_text("same,size\na,1.5\na,2.5\n")
    said = wine_labels("table", "infer", *words)
    assert (said.status, said.out, is_refusal(said.err)) == (2, "", True)


def test_a_folder_or_a_pattern_may_stand_for_the_one_file_it_holds(wine_labels, here):
    alone = wine_labels("table", "infer", "wine.csv")
    assert wine_labels("table", "infer", "w*.csv") == alone


def test_nothing_is_written_anywhere(wine_labels, here):
    before = snapshot(here)
    wine_labels("table", "infer", "wine.csv")
    assert snapshot(here) == before
