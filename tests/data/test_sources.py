from __future__ import annotations

import os

import pytest

from data.layouts import SourceError
from data.sources import batch_name, find_sources


@pytest.fixture
def cellar(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name in (
        "b.csv",
        "a.parquet",
        "c.TSV",
        ".hidden.csv",
        "_temporary.parquet",
        "notes.md",
        "old/d.csv",
        "empty/e.md",
    ):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("")
    return tmp_path


def names(*asked):
    return [path.as_posix() for path in find_sources(asked)]


def test_files_keep_the_order_they_were_named_in(cellar):
    assert names("b.csv", "a.parquet") == ["b.csv", "a.parquet"]


def test_a_file_named_is_taken_whatever_its_ending(cellar):
    assert names("notes.md") == ["notes.md"]


def test_a_file_named_twice_is_taken_once(cellar):
    assert names("b.csv", "a.parquet", "b.csv", "./b.csv") == ["b.csv", "a.parquet"]


def test_a_folder_is_the_tables_directly_in_it(cellar):
    assert names(str(cellar)) == [f"{cellar}/a.parquet", f"{cellar}/b.csv", f"{cellar}/c.TSV"]


def test_a_file_of_a_folder_that_is_also_named_is_taken_once(cellar):
    assert names("b.csv", ".") == ["b.csv", "a.parquet", "c.TSV"]


def test_a_glob_is_what_it_matches(cellar):
    assert names("*.csv") == ["b.csv"]


def test_a_glob_reaches_into_folders(cellar):
    assert names("**/*.csv") == ["b.csv", "old/d.csv"]


def test_a_glob_takes_no_folders(cellar):
    (cellar / "old.csv").write_text("")
    assert names("old*") == ["old.csv"]


def test_a_file_whose_name_looks_like_a_glob_is_that_file(cellar):
    (cellar / "b[1].csv").write_text("")
    assert names("b[1].csv") == ["b[1].csv"]


def test_no_sources_are_no_files():
    assert find_sources([]) == []


def test_a_file_that_is_not_there_is_refused(cellar):
    with pytest.raises(SourceError, match=r"absent\.csv: no such file"):
        find_sources(["b.csv", "absent.csv"])


def test_a_glob_that_matches_nothing_is_refused(cellar):
    with pytest.raises(SourceError, match=r"\*\.arff: matches no file"):
        find_sources(["*.arff"])


def test_a_folder_without_tables_is_refused(cellar):
    with pytest.raises(SourceError, match="empty: a folder without tables"):
        find_sources(["empty"])


@pytest.mark.parametrize("name", ["wine.csv", "wine.csv.gz", "wine.parquet", "wine.tsv.zst"])
def test_a_batch_is_named_after_the_file_without_its_endings(tmp_path, name):
    (tmp_path / name).write_bytes(b"x")
    assert [batch_name(path) for path in find_sources([str(tmp_path)])] == ["wine"]


def test_a_pipe_is_refused_before_it_is_waited_for(tmp_path):
    os.mkfifo(tmp_path / "pipe.csv")
    with pytest.raises(SourceError, match=r"pipe\.csv: not a file; "):
        find_sources([str(tmp_path / "pipe.csv")])
