from __future__ import annotations

import hashlib
import os
from pathlib import Path

import pytest

from data.errors import MovingError, SourceError
from data.files import batch_name
from data.sources import Source, find, opened


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
    return [Path(path).as_posix() for path in find(asked)]


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
    assert find([]) == []


def test_a_file_that_is_not_there_is_refused(cellar):
    with pytest.raises(SourceError, match=r"absent\.csv: no such file"):
        find(["b.csv", "absent.csv"])


def test_a_glob_that_matches_nothing_is_refused(cellar):
    with pytest.raises(SourceError, match=r"\*\.arff: matches no file"):
        find(["*.arff"])


def test_a_folder_without_tables_is_refused(cellar):
    with pytest.raises(SourceError, match="empty: a folder without tables"):
        find(["empty"])


@pytest.mark.parametrize("name", ["wine.csv", "wine.csv.gz", "wine.parquet", "wine.tsv.zst"])
def test_a_batch_is_named_after_the_file_without_its_endings(tmp_path, name):
    (tmp_path / name).write_bytes(b"x")
    assert [batch_name(path) for path in find([str(tmp_path)])] == ["wine"]


def test_a_pipe_is_refused_before_it_is_waited_for(tmp_path):
    os.mkfifo(tmp_path / "pipe.csv")
    with pytest.raises(SourceError, match=r"pipe\.csv: not a file; "):
        find([str(tmp_path / "pipe.csv")])


def test_a_source_is_opened_with_its_hash_and_the_name_of_its_batch(cellar):
    source = Source.at("old/d.csv")
    assert (str(source), source.file, source.batch) == ("old/d.csv", "d.csv", "d")
    assert source.sha256 == hashlib.sha256(b"").hexdigest()


def test_a_source_may_be_read_elsewhere_than_it_is_named(cellar):
    (cellar / "copy").write_bytes(b"1,2")
    source = Source.at("s3://wines/may.csv.gz", cellar / "copy")
    assert (source.name, source.batch, source.path) == ("s3://wines/may.csv.gz", "may", cellar / "copy")


def test_a_source_that_is_not_there_is_refused_by_its_name(cellar):
    with pytest.raises(SourceError, match=r"^absent\.csv: cannot be read; No such file or directory; check the path"):
        Source.at("absent.csv")


def test_a_source_that_stays_as_it_was_is_unchanged(cellar):
    source = Source.at("b.csv")
    source.unchanged()
    assert source.fresh


CHANGES = {
    "longer": lambda path: path.write_text("more"),
    "touched": lambda path: os.utime(path, (1, 1)),
    "gone": Path.unlink,
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_source_that_changes_while_it_is_read_is_refused(cellar, change):
    source = Source.at("b.csv")
    CHANGES[change](cellar / "b.csv")
    assert not source.fresh
    with pytest.raises(MovingError, match=r"^b\.csv: changed while it was read; found another size or time"):
        source.unchanged()


def test_a_source_rewritten_in_place_with_its_size_and_time_kept_is_never_read_as_what_was_hashed(cellar):
    (cellar / "b.csv").write_text("one")
    source, before = Source.at("b.csv"), (cellar / "b.csv").stat()
    (cellar / "b.csv").write_text("two")
    os.utime(cellar / "b.csv", ns=(before.st_atime_ns, before.st_mtime_ns))
    assert source.fresh
    with source.open() as file, pytest.raises(MovingError, match=r"^b\.csv: changed while it was read; found other"):
        file.read()


def test_a_file_is_opened_where_it_lies(cellar):
    with opened("b.csv", cellar / "staging") as source:
        assert (source.name, source.path) == ("b.csv", Path("b.csv"))
    assert not (cellar / "staging").exists()


def test_a_source_that_has_been_opened_is_taken_as_it_is(cellar):
    source = Source.at("b.csv")
    with opened(source, cellar / "staging") as again:
        assert again is source


def test_a_source_that_changed_before_its_turn_is_hashed_again(cellar):
    source = Source.at("b.csv")
    (cellar / "b.csv").write_text("more")
    with opened(source, cellar / "staging") as again:
        assert again.sha256 == hashlib.sha256(b"more").hexdigest()
        again.unchanged()
