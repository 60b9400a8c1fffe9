import shutil

import pytest

from data.truth_files import read_truth
from flows.jobs.told_rows import told_rows
from flows.state.home import Home
from work import LINES, TABLE, bottles, label, truth_of, write


@pytest.fixture
def home(trained_home, tmp_path):
    home = Home.at(shutil.copytree(trained_home, tmp_path / "home"))
    label(bottles(tmp_path / "all.csv", *range(40)), home)
    return home


def told(home, path, *lines, batch=None, header="id,truth"):
    return told_rows(read_truth(write(path, *lines, header=header), TABLE, named=batch is not None), home, TABLE, batch)


def test_each_row_stands_once_with_its_class_and_measurements(home, tmp_path):
    rows, left_out = told(home, tmp_path / "a.csv", "B003,barolo", "B003,1", "B001,barolo", "B002,3")
    assert rows["row"].tolist() == [1, 2, 3]
    assert [TABLE.class_names[each] for each in rows["class_index"]] == ["barolo", "barbera", "barolo"]
    assert rows["alcohol"].tolist() == [float(LINES[row].split(",")[1]) for row in (1, 2, 3)]
    assert not left_out


def test_what_is_left_out_is_counted_by_why_and_nothing_twice(home, tmp_path):
    lines = ["B003,barolo", "B004,barolo", "B004,barbera", "X1,barolo", "B005,riesling", "B006,?", "B007,"]
    rows, left_out = told(home, tmp_path / "a.csv", *lines)
    assert rows["row"].tolist() == [3]
    assert left_out == {"contradicting": 2, "unknown": 1, "no_class": 1}


@pytest.mark.parametrize("batch", [None, "all"])
def test_a_batch_that_is_named_fills_in_what_the_file_does_not_say(home, tmp_path, batch):
    lines = [f"all,3,{truth_of(3)}", f",4,{truth_of(4)}"]
    rows, left_out = told(home, tmp_path / "a.csv", *lines, batch=batch, header="batch,row,truth")
    assert rows["row"].tolist() == ([3, 4] if batch else [3])
    assert left_out == ({} if batch else {"unknown": 1})
