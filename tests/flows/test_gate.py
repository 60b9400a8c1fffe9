import numpy as np
import pytest
from scipy.stats import binomtest

from data.sources import shipped_table
from flows import steps
from flows.gate import sign_test
from flows.home import Home
from models.golden import repeats
from models.store import ModelStore

WINE = shipped_table()


@pytest.fixture
def home(tmp_path):
    return Home(tmp_path)


@pytest.fixture
def store(home):
    return ModelStore(home.models("wine"))


def last(store):
    return store.history()[-1]


def without_rows(folder, rows):
    lines = WINE.read_text().splitlines()
    path = folder / "some.csv"
    path.write_text("\n".join(line for at, line in enumerate(lines) if at - 1 not in rows) + "\n")
    return path


@pytest.mark.parametrize(("against", "in_favour"), [(0, 0), (1, 0), (5, 0), (9, 3), (3, 9), (20, 20)])
def test_the_sign_test_is_the_exact_binomial(against, in_favour):
    due = binomtest(against, against + in_favour, alternative="greater").pvalue if against + in_favour else 1
    assert sign_test(against, in_favour) == pytest.approx(due)


def test_the_first_version_becomes_champion(home, store):
    trained = steps.train([WINE], home)
    assert (trained.promoted, trained.reason, store.champion()) == (True, "the first champion", 1)


def test_as_good_a_version_becomes_champion(home, store):
    steps.train([WINE], home)
    assert steps.train([WINE], home, seed=1).promoted
    assert store.champion() == 2


def test_a_worse_version_is_kept_and_not_promoted_and_the_figures_are_recorded(home, store):
    steps.train([WINE], home)
    trained = steps.train([WINE], home, recipe="article")
    assert (trained.promoted, store.champion(), store.versions()) == (False, 1, [1, 2])
    assert (last(store)["event"], last(store)["version"]) == ("refused", 2)
    assert last(store)["figures"]["right_out_of_fold"] < last(store)["figures"]["champion_accuracy"]


def test_a_person_may_promote_it_all_the_same_and_that_is_recorded(home, store):
    steps.train([WINE], home)
    trained = steps.train([WINE], home, recipe="article", promote=True)
    assert (trained.promoted, store.champion()) == (True, 2)
    assert last(store)["reason"].startswith("promoted by hand; the gate says: worse")


def test_a_version_below_the_floor_is_not_promoted(tmp_path, home, store):
    rng = np.random.default_rng(0)
    header, *lines = WINE.read_text().splitlines()
    shuffled = [f"{rng.integers(1, 4)},{line.partition(',')[2]}" for line in lines]
    (tmp_path / "nonsense.csv").write_text("\n".join([header, *shuffled]) + "\n")
    trained = steps.train([tmp_path / "nonsense.csv"], home)
    assert not trained.promoted
    assert "below the floor of 80%" in trained.reason
    assert store.champion() is None


def test_a_champion_is_judged_as_it_is_on_rows_it_has_not_seen(tmp_path, home, store):
    steps.train([without_rows(tmp_path, set(range(0, 178, 4)))], home)
    trained = steps.train([WINE], home)
    assert trained.promoted
    assert last(store)["figures"]["champion_accuracy"] > 0.9


def test_a_version_repeats_its_golden_rows_in_a_fresh_process(home, store):
    steps.train([WINE], home)
    assert repeats(store, 1)


def test_training_rows_are_kept_with_the_version(home, store):
    steps.train([WINE], home)
    assert {path.name for path in store.path(1).iterdir()} == {
        "card.md", "model.json", "training.parquet", "weights.npz",
    }  # fmt: skip


def test_the_card_names_each_figure_as_what_it_is(home, store):
    trained = steps.train([WINE], home)
    card = (store.path(1) / "card.md").read_text()
    assert f"| accuracy, 10-fold cross-validated 5 times | {trained.cv_accuracy:.2%} |" in card
    assert f"| accuracy on the rows it was trained on | {trained.training_accuracy:.2%} |" in card


def test_labels_of_1_and_2_alone_are_refused_for_what_they_are(tmp_path, home):
    source = without_rows(tmp_path, set(range(130, 178)))
    with pytest.raises(
        steps.TrainingError, match=r"labels that cannot be told; found truth left out: .*; write the classes"
    ):
        steps.train([source], home)
