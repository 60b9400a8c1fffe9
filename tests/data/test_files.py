import os
from pathlib import Path

import pytest

from data.errors import SourceError
from data.files import (
    LONGEST,
    batch_name,
    check_folder,
    check_name,
    check_whole,
    expand,
    is_table,
    without_compression,
)


@pytest.mark.parametrize("name", ["wine.csv", "wine.csv.gz", "WINE.PARQUET", "wine.tsv.zst", "a.b.data", "wine.CSV.GZ"])
def test_a_file_in_a_folder_is_a_table_by_its_ending(name):
    assert is_table(name)


@pytest.mark.parametrize("name", ["notes.md", ".wine.csv", "_wine.csv", "wine.gz", "csv", "wine.csv.bz2"])
def test_any_other_file_in_a_folder_is_none(name):
    assert not is_table(name)


@pytest.mark.parametrize("name", ["wine.csv", "wine.csv.gz", "wine.parquet", "wine.tsv.zst", "folder/wine.csv"])
def test_a_batch_is_named_after_the_file_without_its_endings(name):
    assert batch_name(name) == "wine"


def test_only_one_compression_is_cut_off():
    assert without_compression("wine.csv.gz.zst") == "wine.csv.gz"


@pytest.mark.parametrize("name", ["", " ", "a\nb.csv", "\x1b.csv"])
def test_a_name_without_letters_is_refused_before_it_is_looked_for(name):
    with pytest.raises(SourceError, match=r"^no name of a file; found '.*'; name or rename it with letters$"):
        expand(name)


def test_a_name_as_long_as_its_results_bear_is_taken_and_a_longer_one_refused():
    longest = "x" * (LONGEST - len(".parquet"))
    check_name(f"{longest}.csv")
    with pytest.raises(SourceError, match=rf"found {LONGEST + 1} bytes, {LONGEST} at most; rename the file"):
        check_name(f"{longest}x.csv")


def test_the_length_of_a_name_is_counted_in_bytes():
    with pytest.raises(SourceError, match="a name too long for its results"):
        check_name("é" * 126 + ".csv")


def test_a_name_that_is_not_utf_8_is_refused():
    with pytest.raises(SourceError, match=r"a name that is not UTF-8; found other bytes; rename the file"):
        check_name(os.fsdecode(b"w\xefne.csv"))


def test_an_address_of_another_kind_is_refused_as_it_was_written():
    with pytest.raises(SourceError, match=r"^http://127\.0\.0\.1/x\.csv: an address that is not read; found one of"):
        expand("http://127.0.0.1/x.csv")


@pytest.mark.parametrize("name", ["_may.csv", "may/.hidden.csv", "..csv", ".csv", "_.parquet.gz"])
def test_a_name_whose_results_readers_would_pass_over_is_refused(name):
    with pytest.raises(SourceError, match=r"readers would pass over; found '[._]' in front; rename the file$"):
        check_name(name)


@pytest.mark.parametrize("name", ["a\nb.csv", "\x1b[31ma.csv", "\u202ea.csv"])
def test_a_name_that_cannot_be_printed_is_refused_in_one_line_that_can(name):
    with pytest.raises(SourceError, match="a name that cannot be printed") as caught:
        check_name(name)
    assert str(caught.value).isprintable()


def made(folder, *names):
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).touch()
    return folder


PARTS = {
    "hive": ("k=1/part-0.parquet", "k=2/part-0.parquet"),
    "one partition": ("k=1/part-0.parquet",),
    "beside a table": ("a.csv", "k=1/part-0.parquet"),
    "spark": ("_SUCCESS", "part-00000.csv", "part-00001.csv"),
    "delta": ("_delta_log/0.json", "a.parquet", "b.parquet"),
}


@pytest.mark.parametrize("names", PARTS.values(), ids=PARTS)
def test_a_folder_that_is_one_table_in_parts_is_refused_whole(tmp_path, names):
    with pytest.raises(SourceError, match=r"one table in several parts; found .*; save it as one file"):
        expand(str(made(tmp_path, *names)))


@pytest.mark.parametrize("names", [("a.csv", "b.csv", "old/c.csv"), ("_SUCCESS", "part-00000.csv"), ("a=b.csv",)])
def test_a_folder_of_tables_is_not_one_table_in_parts(tmp_path, names):
    check_folder(made(tmp_path, *names))


def test_files_of_several_partitions_of_one_folder_are_refused_and_one_alone_is_not():
    check_whole(["x/k=1/a.csv", "x/k=1/b.csv", "y/k=2/a.csv", "c.csv"])
    with pytest.raises(SourceError, match=r"^x: one table in several parts; found k=1, k=2; save it"):
        check_whole(["c.csv", "x/k=1/a.csv", "x/k=2/a.csv"])
    with pytest.raises(SourceError, match=r"^s3://x: one table in several parts; found .* and 1 more; save it"):
        check_whole([f"s3://x/k={each}/l=1/a.csv" for each in range(3)])


def test_a_file_of_an_odd_name_is_found_and_its_name_refused_by_itself(tmp_path):
    odd = tmp_path / os.fsdecode(b"w\xefne.csv")
    odd.touch()
    assert expand(str(odd)) == expand(str(tmp_path)) == [odd]


@pytest.mark.parametrize("name", ["a.csv", "a", ".csv", "..csv", "a.", "x.y/a.b.csv", "a.csv.gz", ".gz", "a..csv"])
def test_a_batch_is_named_like_the_stem_of_a_path(name):
    assert batch_name(name) == Path(without_compression(Path(name).name)).stem
