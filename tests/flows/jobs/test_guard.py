from types import SimpleNamespace

import numpy as np
import pytest

from flows.jobs.guard import check_inputs, check_learnable, contradiction
from flows.jobs.refusals import TrainingError
from flows.jobs.training_rows import TrainingRows
from flows.state.home import Home
from models.arrays import LARGEST_MEMBER, MOST_INPUTS
from models.store import ModelStore
from nn.columns import Column
from nn.encoding import Encoding, one_hot
from nn.recipe import RECIPES
from nn.validation import cross_validate
from schemas.tables import get_table
from work import HEADER, LINES, WINE, is_refusal, train, write

SHIPPED = TrainingRows.read(WINE, get_table("wine"))


def in_order(order):
    return [f"{order[int(line[0]) - 1]},{line.partition(',')[2]}" for line in LINES]


@pytest.mark.parametrize("order", [(1, 3, 2), (2, 1, 3), (2, 3, 1), (3, 1, 2), (3, 2, 1)])
def test_labels_counted_in_another_order_stop_the_training(trained_home, tmp_path, order):
    store = ModelStore(Home.at(trained_home).models)
    before = store.versions()
    with pytest.raises(TrainingError, match="labels contradict the champion") as refusal:
        train(trained_home, write(tmp_path / "turned.csv", *in_order(order)))
    assert is_refusal(f"error: {refusal.value}")
    assert "--trust-labels" in str(refusal.value)
    assert store.versions() == before


def test_which_class_is_called_what_is_said(version):
    turned = TrainingRows(SHIPPED.x, (SHIPPED.classes + 1) % 3, 0)
    said = "what it calls barolo, grignolino, barbera they call grignolino, barbera, barolo"
    assert contradiction(turned, version) == f"version 1 agrees with 0% of them; {said}"


def test_labels_that_are_wrong_here_and_there_contradict_nothing(version):
    rng = np.random.default_rng(0)
    flipped = np.where(rng.random(178) < 0.3, rng.integers(3, size=178), SHIPPED.classes)
    assert contradiction(SHIPPED, version) is None
    assert contradiction(TrainingRows(SHIPPED.x, flipped, 0), version) is None


def test_labels_that_the_measurements_say_nothing_of_cannot_be_learned():
    classes = np.random.default_rng(0).integers(3, size=178)
    validated = cross_validate(SHIPPED.x, one_hot(classes, 3), RECIPES["default"], 0)
    with pytest.raises(TrainingError, match="cannot be learned") as refusal:
        check_learnable("a.csv", validated, classes)
    assert is_refusal(f"error: {refusal.value}")


def test_those_of_the_shipped_table_can():
    validated = cross_validate(SHIPPED.x, one_hot(SHIPPED.classes, 3), RECIPES["default"], 0)
    check_learnable("wine.csv", validated, SHIPPED.classes)


def test_the_first_training_on_nonsense_is_refused_and_leaves_no_version(home, tmp_path):
    rng = np.random.default_rng(0)
    lines = [f"{rng.integers(1, 4)},{line.partition(',')[2]}" for line in LINES]
    with pytest.raises(TrainingError, match="cannot be learned"):
        train(home, write(tmp_path / "nonsense.csv", *lines, header=HEADER))
    assert ModelStore(home.models).versions() == []


def test_columns_that_do_not_go_together_by_what_the_champion_knows_are_not_learned_from(trained_home, home, tmp_path):
    swapped = [",".join([*row[:2], row[3], row[2], *row[4:]]) for row in (line.split(",") for line in LINES)]
    table = write(tmp_path / "swapped.csv", *swapped)
    with pytest.raises(TrainingError, match="malic_acid and ash look swapped") as refusal:
        train(trained_home, table)
    assert is_refusal(f"error: {refusal.value}")
    assert train(home, table).promoted  # the first version has nothing to go by


def test_more_inputs_than_a_version_can_keep_are_refused_before_anything_is_trained():
    levels = Column(tuple(map(str, range(MOST_INPUTS - 1))))
    check_inputs(Encoding((levels, Column())))
    with pytest.raises(TrainingError, match=r"^more than 1,024 inputs .*; found 1,025 of 3 features, ") as caught:
        check_inputs(Encoding((levels, Column(), Column())))
    assert is_refusal(f"error: {caught.value}")
    assert MOST_INPUTS**2 * 8 <= LARGEST_MEMBER / 2


def test_a_home_whose_table_has_too_many_levels_is_told_so_before_its_rows_are_read(tmp_path):
    levels = ", ".join(f'"{each}"' for each in range(2000))
    (tmp_path / "table.toml").write_text(
        'format = 1\nname = "wide"\nlabel.name = "kind"\n'
        'classes = [{ id = 0, name = "a" }, { id = 1, name = "b" }]\n'
        f'features = [{{ name = "number" }}, {{ name = "code", levels = [{levels}] }}]\n'
    )
    source = write(tmp_path / "wide.csv", "1,0,a", header="number,code,kind")
    with pytest.raises(TrainingError, match=r"^more than 1,024 inputs .*; found 2,001 of 2 features"):
        train(Home.at(tmp_path), source)


def test_a_class_in_fifty_rows_is_learned_though_no_answer_is_more_often_right_for_it():
    rng = np.random.default_rng(0)
    x = rng.normal(size=(2000, 3))
    classes = (rng.random(2000) < 0.3 / (1 + np.exp(4 - 2 * x[:, 0]))).astype(np.intp)
    held_out = np.column_stack([1 - (share := 0.3 / (1 + np.exp(4 - 2 * x[:, 0]))), share])[None]
    assert (held_out[0].argmax(axis=1) == 0).all()
    check_learnable("rare.csv", SimpleNamespace(held_out=held_out), classes)
    with pytest.raises(TrainingError, match="cannot be learned"):
        check_learnable("rare.csv", SimpleNamespace(held_out=rng.permutation(held_out, axis=1)), classes)
