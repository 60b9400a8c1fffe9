import shutil

from flows.cli.summary import batch_lines
from flows.state.home import Home
from models.pruning import prune
from models.store import ModelStore
from work import WINE, label


def test_run_prints_the_confusion_matrix_and_each_accuracy_under_its_own_name(wine_labels, home):
    said = wine_labels("run", "--home", home)
    words = [line.split() for line in said.out.splitlines()]
    assert ["grignolino", "0", "71", "0"] in words
    named = [line for line in said.out.splitlines() if "accuracy" in line]
    assert len(named) == len({line.split("%")[0].rstrip("0123456789.") for line in named}) == 3
    assert sum("cross-validated" in line for line in named) == 1
    assert sum("training rows" in line for line in named) == 1


def test_a_name_with_brackets_is_printed_as_it_is(wine_labels, home, here):
    shutil.copy("wine.csv", "wine[red].csv")
    said = wine_labels("label", "wine[red].csv", "--home", home)
    assert said.status == 0
    assert said.out.startswith("wine[red]: labelled by version 1\n")
    assert "wine[red].parquet" in said.out


def test_a_path_that_looks_like_markup_is_printed_as_it_is(wine_labels, home, here):
    shutil.copytree(home, "home[")
    shutil.copy("wine.csv", "b].csv")
    said = wine_labels("label", "b].csv", "--home", "home[")
    assert said.status == 0
    assert "home[/data/labels/b].parquet" in said.out


def test_a_batch_whose_version_was_pruned_is_shown_without_what_the_version_said_of_itself(home):
    store = ModelStore(Home.at(home).models)
    first = store.load()
    store.promote(store.save(first.classifier, first.notes, first.files).number)  # the same sha256: its labels stand
    batch = label(WINE, home, first)
    assert prune(store, 1) == [1]
    head, *_ = batch_lines(batch, store)
    assert head == "wine: labelled by version 1"
