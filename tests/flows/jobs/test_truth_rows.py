import shutil

import numpy as np
import pytest

from flows.jobs.training_rows import TrainingRows
from flows.jobs.truth_rows import TruthRows
from flows.state.home import Home
from work import LINES, TABLE, bottles, deliver, label, truth_of, write


@pytest.fixture
def home(trained_home, tmp_path):
    home = Home.at(shutil.copytree(trained_home, tmp_path / "home"))
    label(bottles(tmp_path / "all.csv"), home)
    return home


def tell(home, path, *places, how="told", **otherwise):
    lines = [f"all,{place},{otherwise.get(f'B{place:03}', truth_of(place))},{how}" for place in places]
    return deliver(write(path, *lines, header="batch,row,truth,how"), home, trust_labels=True)


def of(place):
    return tuple(float(cell) for cell in LINES[place].split(",")[1:])


def found(rows):
    return {tuple(x): TABLE.class_names[each] for x, each in zip(rows.x.tolist(), rows.classes, strict=True)}


def test_without_truth_there_are_no_rows(home):
    rows = TruthRows.of(home, TABLE)
    assert (rows.x.shape, rows.deliveries, rows.contradicting) == ((0, 13), (), 0)


def test_all_that_was_told_is_there_each_bottle_once(home, tmp_path):
    tell(home, tmp_path / "a.csv", 1, 60, 150)
    tell(home, tmp_path / "b.csv", 60, 61, how="sampled")
    rows = TruthRows.of(home, TABLE)
    assert found(rows) == {of(place): truth_of(place) for place in (1, 60, 61, 150)}
    drawn = {tuple(x) for x in rows.x[rows.sampled].tolist()}
    assert drawn == {of(60), of(61)}
    assert len(rows.deliveries) == 2


def test_a_bottle_told_two_ways_is_left_out_and_counted(home, tmp_path):
    tell(home, tmp_path / "a.csv", 1, 2)
    tell(home, tmp_path / "b.csv", 2, B002="barbera")
    rows = TruthRows.of(home, TABLE)
    assert found(rows) == {of(1): "barolo"}
    assert rows.contradicting == 1


def test_a_bottle_without_measurements_is_left_out(home, tmp_path):
    path = bottles(tmp_path / "gone.csv", 3)
    label(path, home)
    path.unlink()
    deliver(write(tmp_path / "c.csv", "gone,0,barolo", header="batch,row,truth"), home)
    rows = TruthRows.of(home, TABLE)
    assert (len(rows.x), rows.left_out) == (0, 1)


def test_bottles_that_a_table_has_are_not_learned_twice(home, tmp_path):
    tell(home, tmp_path / "a.csv", 1, 60, 150, B060="barbera")
    table = TrainingRows(np.array([of(60), of(1)]), np.array([1, 0]), 0)
    rows = TruthRows.of(home, TABLE).beside(table)
    assert found(rows) == {of(150): "barbera"}
    assert rows.contradicting == 1


def test_truth_does_not_go_with_the_labels_it_was_told_of(home, tmp_path):
    tell(home, tmp_path / "a.csv", 1, 60)
    home.labels("all").unlink()
    assert len(TruthRows.of(home, TABLE).x) == 2
