from __future__ import annotations

import hashlib

import pytest

from data.errors import SourceError
from flows.jobs.refusals import TrainingError
from models.evidence import origin_of
from models.store import ModelStore
from nn.rule import Extent, recipe_for
from schemas.errors import TableError
from work import FEATURES, HEADER, LINES, WINE, bottles, deliver, label, train, truth_of, write


def test_the_shipped_table_trains_the_champion(cellar, trained):
    assert (trained.version, trained.promoted, trained.rows) == (1, True, 178)
    assert ModelStore(cellar.models).champion() == 1


def test_the_accuracy_on_unseen_rows_is_reported_beside_that_on_training_rows(trained):
    assert trained.training_accuracy >= trained.cv_accuracy >= 0.96


def test_a_version_knows_what_it_was_trained_from(version):
    assert version.notes["source_sha256"] == hashlib.sha256(WINE.read_bytes()).hexdigest()
    assert version.classifier.features == FEATURES
    assert version.classifier.classes == ("barolo", "grignolino", "barbera")


def test_the_same_table_and_seed_train_the_same_version(home, trained):
    assert train(home, WINE).sha256 == trained.sha256


def test_another_seed_trains_another_version(version, other_version):
    assert other_version.sha256 != version.sha256


def test_a_second_training_is_the_next_version(home):
    assert [train(home, WINE, seed=seed).version for seed in (0, 1)] == [1, 2]


def test_the_same_bytes_recipe_and_seed_are_not_trained_on_twice_unless_asked(home):
    train(home, WINE)
    train(home, WINE, seed=1)
    first = train(home, WINE)
    assert (first.version, "nothing was trained" in first.reason, first.promoted) == (1, True, False)
    assert train(home, WINE, again=True).version == 3


def test_a_table_of_four_times_the_rows_is_trained_on_by_the_recipe_that_follows_from_it_and_once(home, tmp_path):
    noisy = [f"{line[:-1]}{at}" for line in LINES for at in range(2, 6)]
    source = write(tmp_path / "larger.csv", *noisy)
    trained = train(home, source)
    recipe = origin_of(ModelStore(home.models).describe(1)["notes"]).recipe
    assert (trained.rows, recipe) == (712, recipe_for("default", Extent(712, 13, 3)))
    assert recipe.epochs == 300
    assert "nothing was trained" in train(home, source).reason


def test_a_version_that_was_made_before_can_still_be_promoted(home):
    train(home, WINE)
    train(home, WINE, seed=1)
    assert train(home, WINE, promote=True).promoted
    assert ModelStore(home.models).champion() == 1


def test_several_tables_are_trained_on_together(home, tmp_path):
    halves = [write(tmp_path / f"{at}.csv", *LINES[at::2]) for at in range(2)]
    assert train(home, *halves).rows == 178


@pytest.mark.parametrize(
    ("lines", "message"),
    [(LINES[:59], "ambiguous labels"), (LINES[:1] + LINES[60:], r"1 barolo"), ([], r"too few|no row|0 barolo")],
    ids=["one class", "one of a class", "no rows"],
)
def test_a_table_with_too_few_rows_of_a_class_is_refused(tmp_path, home, lines, message):
    with pytest.raises((TrainingError, SourceError), match=message):
        train(home, write(tmp_path / "wine.csv", *lines))
    assert ModelStore(home.models).versions() == []


def test_a_table_without_truth_is_refused(tmp_path, home):
    unlabelled = [line.partition(",")[2] for line in LINES]
    with pytest.raises(TrainingError, match=r"label.*cultivar"):
        train(home, write(tmp_path / "wine.csv", *unlabelled, header=HEADER.partition(",")[2]))


def test_a_table_that_does_not_hold_is_refused(home):
    home.folder.mkdir(exist_ok=True)
    home.folder.joinpath("table.toml").write_text("name = 1")
    with pytest.raises(TableError, match="name must be a text; found 1;"):
        train(home, WINE)


def test_a_version_that_was_never_weighed_is_made_again(home, version, monkeypatch):
    store = ModelStore(home.models)

    def die(*arguments):
        raise KeyboardInterrupt

    with monkeypatch.context() as killed:
        killed.setattr(ModelStore, "promote", die)
        with pytest.raises(KeyboardInterrupt):
            train(home, WINE, seed=1)
    made = train(home, WINE, seed=1)
    assert (made.version, made.promoted, store.champion()) == (2, True, 2)
    assert train(home, WINE, seed=1).version == 2


def test_truth_that_was_told_is_learned_and_named_by_the_card(home, tmp_path):
    train(home, write(tmp_path / "part.csv", *LINES[::2]))
    label(bottles(tmp_path / "others.csv", *range(1, 178, 2)), home)
    lines = [f"others,{row},{truth_of(place)},sampled" for row, place in enumerate(range(1, 178, 2))]
    done = deliver(write(tmp_path / "told.csv", *lines, header="batch,row,truth,how"), home)
    part = tmp_path / "part.csv"
    made = train(home, part, truth=True)
    assert (made.rows, made.promoted) == (178, True)
    assert "of 89 drawn at random, new to both" in made.reason
    version = ModelStore(home.models).load(made.version)
    sha256 = hashlib.sha256((tmp_path / "told.csv").read_bytes()).hexdigest()
    assert version.notes["deliveries"] == [sha256]
    card = version.files["card.md"].decode()
    assert f"sha256 `{sha256}`" in card
    assert "89 of them told later, 89 drawn at random; 0 told two ways" in card
    assert done.told == 89
    assert train(home, part, truth=True).reason.startswith("version 2 was made before")


def test_without_truth_a_version_is_what_it_always_was(home, tmp_path, trained):
    assert train(home, truth=True).sha256 == trained.sha256
