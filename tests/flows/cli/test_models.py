import re

import pytest

from work import is_refusal


@pytest.mark.parametrize("words", [["models"], ["models", "list"]])
def test_models_lists_the_versions_and_marks_the_champion(wine_labels, home, words):
    said = wine_labels(*words, "--home", home)
    assert said.status == 0
    assert re.search(r"^ *1 +default +178 +9\d\.\d\d% +100\.00% .*champion", said.out, re.MULTILINE)


def test_models_of_an_empty_home_says_how_to_get_one(wine_labels, tmp_path):
    said = wine_labels("models", "--home", tmp_path)
    assert (said.status, said.err) == (0, "")
    assert "wine-labels train" in said.out
    assert wine_labels("models", "--json", "--home", tmp_path).document == {"champion": None, "versions": []}


def test_json_of_models_list_gives_the_champion_and_the_figures_of_each(wine_labels, home):
    document = wine_labels("models", "list", "--json", "--home", home).document
    (version,) = document["versions"]
    assert (document["champion"], version["version"], version["recipe"], version["rows"]) == (1, 1, "default", 178)
    assert version["cv_accuracy"] < version["training_accuracy"]


def test_models_show_prints_what_is_kept_with_a_version(wine_labels, home):
    document = wine_labels("models", "show", "1", "--json", "--home", home).document
    assert (document["version"], document["sizes"], document["seed"]) == (1, [13, 8, 5, 3], 0)
    assert document["sha256"] in wine_labels("models", "show", "1", "--home", home).out


@pytest.mark.parametrize("words", [["models", "list"], ["models", "show", "1"], ["label", "wine.csv"]])
def test_a_version_without_its_files_is_refused(wine_labels, home, here, words):
    (home / "models/wine/0001/model.json").unlink()
    said = wine_labels(*words, "--home", home)
    assert (said.status, said.out) == (2, "")
    assert is_refusal(said.err)


def test_promote_and_rollback_move_the_champion(wine_labels, two_versions):
    assert wine_labels("models", "promote", "1", "--home", two_versions).out == "version 1 is champion\n"
    assert wine_labels("models", "rollback", "--home", two_versions).out == "version 2 is champion again\n"


def test_verify_says_that_all_is_well_or_what_is_not(wine_labels, two_versions):
    assert wine_labels("models", "verify", "--home", two_versions).status == 0
    (two_versions / "models" / "wine" / "0001" / "weights.npz").write_bytes(b"other")
    said = wine_labels("models", "verify", "--home", two_versions)
    assert said.status == 2
    assert "weights.npz" in said.err


def test_export_writes_an_onnx_file(wine_labels, two_versions, tmp_path):
    said = wine_labels("models", "export", "1", "--onnx", tmp_path / "wine.onnx", "--home", two_versions)
    assert (said.status, (tmp_path / "wine.onnx").stat().st_size > 1000) == (0, True)


def test_show_prints_the_card(wine_labels, two_versions):
    assert "## How good it is" in wine_labels("models", "show", "1", "--home", two_versions).out
