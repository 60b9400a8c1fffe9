import os

import pytest

from data.errors import SourceError
from data.files import LONGEST, batch_name, check_name, expand, is_object, is_table, without_compression


@pytest.mark.parametrize("name", ["wine.csv", "wine.csv.gz", "WINE.PARQUET", "wine.tsv.zst", "a.b.data", "wine.CSV.GZ"])
def test_a_file_in_a_folder_is_a_table_by_its_ending(name):
    assert is_table(name)


@pytest.mark.parametrize("name", ["notes.md", ".wine.csv", "_wine.csv", "wine.gz", "csv", "wine.csv.bz2", "a\n.csv"])
def test_any_other_file_in_a_folder_is_none(name):
    assert not is_table(name)


@pytest.mark.parametrize("name", ["wine.csv", "wine.csv.gz", "wine.parquet", "wine.tsv.zst", "folder/wine.csv"])
def test_a_batch_is_named_after_the_file_without_its_endings(name):
    assert batch_name(name) == "wine"


def test_only_one_compression_is_cut_off():
    assert without_compression("wine.csv.gz.zst") == "wine.csv.gz"


def test_only_an_address_of_object_storage_is_an_object():
    assert is_object("s3://wines/may.csv")
    assert not is_object("/s3/may.csv")


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
