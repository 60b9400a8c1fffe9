import re
import shutil

import pytest

from flows.jobs.prune import prune
from flows.state.home import Home
from models.store import ModelStore
from work import WINE, is_refusal, label


@pytest.fixture(scope="session")
def pruned_home(trained_twice, tmp_path_factory):
    """A home whose first version, which labelled a batch, was pruned; nothing writes to it."""
    home = Home.at(shutil.copytree(trained_twice, tmp_path_factory.mktemp("pruned") / "home"))
    label(WINE, home, ModelStore(home.models).load(1))
    prune(home, 1, labelled=True)
    return home.folder


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


def test_prune_shows_with_dry_run_what_it_would_remove_then_removes_it(wine_labels, two_versions):
    words = ("models", "prune", "--keep", "1", "--home", two_versions)
    would = wine_labels(*words, "--dry-run", "--json").document
    expected = {"pruned": [1], "kept": [2], "named_by_labels": [], "champion": 2}
    assert would == expected | {"dry_run": True}
    assert wine_labels(*words).out == "pruned: 1\nkept: 2; champion: 2\n"
    assert wine_labels("models", "verify", "--home", two_versions).status == 0
    assert wine_labels(*words).out.startswith("pruned: none\n")


@pytest.mark.parametrize("words", [["models", "show", "1"], ["models", "promote", "1"], ["open", "1"],
                                   ["label", "wine.csv", "--model", "1"], ["replay", "wine"],
                                   ["diff", "wine", "--version", "1"]])  # fmt: skip
def test_a_pruned_version_is_refused_by_name_whoever_asks_for_it(wine_labels, pruned_home, here, words):
    said = wine_labels(*words, "--home", pruned_home)
    assert (said.status, is_refusal(said.err)) == (2, True)
    assert said.err.startswith("error: version 1 was pruned; found that ")


def test_prune_keeps_a_version_at_least(wine_labels, two_versions):
    assert wine_labels("models", "prune", "--keep", "0", "--home", two_versions).status == 2
    assert wine_labels("models", "prune", "--home", two_versions).status == 2
