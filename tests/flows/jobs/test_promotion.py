"""Whole trainings: what is kept of each, and which of them the gate lets label."""

import shutil

import numpy as np
import pytest

from flows.jobs.refusals import TrainingError
from flows.state.home import Home
from models.store import ModelStore
from work import WINE, train


@pytest.fixture(scope="module")
def first(tmp_path_factory):
    """A home in which a first version has been trained, and what came of it."""
    home = Home(tmp_path_factory.mktemp("promotion"))
    return home, train(home, WINE)


@pytest.fixture
def home(first, tmp_path):
    return Home(shutil.copytree(first[0].folder, tmp_path / "home"))


@pytest.fixture
def store(home):
    return ModelStore(home.models)


@pytest.fixture
def empty(tmp_path):
    return Home(tmp_path / "empty")


def last(store):
    return store.history()[-1]


def without_rows(folder, rows):
    lines = WINE.read_text().splitlines()
    path = folder / "some.csv"
    path.write_text("\n".join(line for at, line in enumerate(lines) if at - 1 not in rows) + "\n")
    return path


def relabelled(folder, change):
    """The shipped table with other labels: what the change makes of each."""
    rng = np.random.default_rng(0)
    header, *lines = WINE.read_text().splitlines()
    changed = [f"{change(int(line[0]), rng)},{line.partition(',')[2]}" for line in lines]
    path = folder / "relabelled.csv"
    path.write_text("\n".join([header, *changed]) + "\n")
    return path


def test_the_first_version_becomes_champion(first, store):
    _, trained = first
    assert (trained.promoted, trained.reason, store.champion()) == (True, "the first champion", 1)


def test_as_good_a_version_becomes_champion(home, store):
    assert train(home, WINE, seed=1).promoted
    assert store.champion() == 2


def test_a_worse_version_is_kept_and_not_promoted_and_the_figures_are_recorded(home, store, worse):
    trained = train(home, WINE, recipe=worse)
    assert (trained.promoted, store.champion(), store.versions()) == (False, 1, [1, 2])
    assert (last(store)["event"], last(store)["version"]) == ("refused", 2)
    assert last(store)["figures"]["right_out_of_fold"] < last(store)["figures"]["champion_accuracy"]


def test_a_person_may_promote_it_all_the_same_and_that_is_recorded(home, store, worse):
    trained = train(home, WINE, recipe=worse, promote=True)
    assert (trained.promoted, store.champion()) == (True, 2)
    assert last(store)["reason"].startswith("promoted by hand; the gate says: worse")


def test_a_version_below_the_floor_is_not_promoted(tmp_path, empty):
    trained = train(empty, relabelled(tmp_path, lambda label, rng: label if rng.random() < 0.6 else rng.integers(1, 4)))
    assert not trained.promoted
    assert "below the floor of 80%" in trained.reason
    assert ModelStore(empty.models).champion() is None


def test_a_champion_is_judged_as_it_is_on_rows_it_has_not_seen(tmp_path, empty):
    train(empty, without_rows(tmp_path, set(range(0, 178, 4))))
    trained = train(empty, WINE)
    assert trained.promoted
    assert last(ModelStore(empty.models))["figures"]["champion_accuracy"] > 0.9


def test_training_rows_are_kept_with_the_version(store):
    assert {path.name for path in store.path(1).iterdir()} == {
        "card.md", "model.json", "training.parquet", "weights.npz",
    }  # fmt: skip


def test_the_card_names_each_figure_as_what_it_is(first, store):
    _, trained = first
    card = (store.path(1) / "card.md").read_text()
    assert f"| accuracy, 10-fold cross-validated 5 times | {trained.cv_accuracy:.2%} |" in card
    assert f"| accuracy on the rows it was trained on | {trained.training_accuracy:.2%} |" in card


def test_labels_of_1_and_2_alone_are_refused_for_what_they_are(tmp_path, empty):
    source = without_rows(tmp_path, set(range(130, 178)))
    with pytest.raises(TrainingError, match=r"ambiguous labels; found numbers that may count .*; write"):
        train(empty, source)


def test_a_version_that_contradicts_the_champion_on_rows_of_both_is_not_promoted(home, store, tmp_path):
    turned = relabelled(tmp_path, lambda label, _: label % 3 + 1)
    trained = train(home, turned, trust_labels=True)
    assert (trained.promoted, store.champion()) == (False, 1)
    assert trained.reason.startswith("contradicts version 1 on 178 of 178 rows that it was trained on; learned from")
    assert last(store)["event"] == "refused"
