import os

import pytest

from data import arrivals as inbox_names
from data.arrivals import arrivals
from data.errors import SourceError

HOUR = 3600


@pytest.fixture
def put(tmp_path):
    def file(name, text="x"):
        (tmp_path / name).write_text(text)
        return tmp_path / name

    return file


def names(paths):
    return [path.name for path in paths]


def look(folder, *, later=HOUR, meanwhile=lambda: None):
    """A look into the inbox so many seconds after the files were touched; what happens while it watches."""
    slept = []

    def sleep(seconds):
        slept.append(seconds)
        meanwhile()

    now = max(path.stat().st_ctime for path in folder.iterdir()) + later
    whole, moving = arrivals(folder, 5, now=lambda: now, sleep=sleep)
    return names(whole), names(moving), slept


def test_files_that_have_been_quiet_are_taken_at_once_in_order(tmp_path, put):
    for name in ("b.csv", "a.parquet", "report.xlsx"):
        put(name)
    assert look(tmp_path) == (["a.parquet", "b.csv", "report.xlsx"], [], [])


@pytest.mark.parametrize("name", ["a.csv.part", "a.TMP", "a.csv~", "a.crdownload"])
def test_what_says_by_its_name_that_it_is_unfinished_is_left(tmp_path, put, name):
    put(name)
    assert look(tmp_path) == ([], [name], [])


def test_what_is_hidden_and_what_is_a_folder_is_not_even_listed(tmp_path, put):
    put(".a.csv.Xy12")
    (tmp_path / "archive.csv").mkdir()
    assert look(tmp_path) == ([], [], [])


def test_a_file_just_touched_is_watched_and_taken_when_nothing_moves(tmp_path, put):
    put("a.csv")
    assert look(tmp_path, later=1) == (["a.csv"], [], [5])


def test_a_file_that_grows_while_it_is_watched_is_left(tmp_path, put):
    path = put("a.csv")
    assert look(tmp_path, later=1, meanwhile=lambda: path.write_text("xx")) == ([], ["a.csv"], [5])


def test_a_time_set_back_by_a_copy_does_not_make_a_file_old(tmp_path, put):
    path = put("a.csv")
    os.utime(path, (0, 0))
    assert look(tmp_path, later=1)[2] == [5]


def test_a_file_that_vanishes_is_left(tmp_path, put):
    path = put("a.csv")
    assert look(tmp_path, later=1, meanwhile=path.unlink)[0] == []


def test_where_there_is_no_inbox_it_is_refused(tmp_path):
    with pytest.raises(SourceError, match=r"none: no such inbox; found no folder at that path; make it, or"):
        arrivals(tmp_path / "none", 5)


def test_names_that_are_hidden_or_say_that_they_are_unfinished_are_passed_over(tmp_path):
    for name in ("b.csv", "a.csv", ".hidden", "c.csv.PART", "d.csv~"):
        (tmp_path / name).touch()
    assert inbox_names.names(tmp_path) == ["a.csv", "b.csv"]
