import hashlib

import pyarrow.parquet as pq
import pytest

from data import object_store
from data.errors import SourceError
from data.object_path import ObjectPath
from data.objects import fetched, find_objects
from data.sniffing import sniff
from data.sources import find, opened
from work import WINE

BYTES = WINE.read_bytes()


@pytest.fixture
def bucket(moto, monkeypatch):
    """A real store with a bucket of tables."""
    with moto.bucket("wines") as made:
        for name, value in made.variables.items():
            monkeypatch.setenv(name, value)
        for name in ("may.csv", "june.csv", "deep/july.csv", "_notes.csv", "readme.md"):
            with moto.storage.open_output_stream(f"wines/{name}") as file:
                file.write(BYTES)
        yield moto.storage


@pytest.mark.parametrize(
    ("address", "found"),
    [
        ("s3://wines/may.csv", ["may.csv"]),
        ("s3://wines/", ["june.csv", "may.csv"]),
        ("s3://wines/*.csv", ["_notes.csv", "june.csv", "may.csv"]),
        ("s3://wines/j*.csv", ["june.csv"]),
        ("s3://wines/deep/", ["deep/july.csv"]),
        ("s3://wines/deep", ["deep/july.csv"]),
        ("s3://wines/*/*.csv", ["deep/july.csv"]),
        ("s3://wines", ["june.csv", "may.csv"]),
    ],
)
def test_an_address_stands_for_objects(bucket, address, found):
    assert find_objects(address) == [f"s3://wines/{name}" for name in found]


@pytest.mark.parametrize("address", ["s3://wines/none.csv", "s3://wines/none/*.csv", "s3://no/a.csv", "s3://wines/x/"])
def test_an_address_of_nothing_is_refused_in_a_line(bucket, address):
    with pytest.raises(SourceError, match=r": no such (object|bucket); .*; (create it, or )?check the ") as error:
        find_objects(address)
    assert str(error.value).startswith(address)


def test_a_storage_that_is_not_there_is_refused_in_a_line(bucket, monkeypatch):
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    monkeypatch.setattr(object_store, "RETRIES", object_store.RETRIES | {"max_retries": 1})
    object_store._opened.cache_clear()
    with pytest.raises(SourceError, match=r"^s3://wines/may.csv: cannot be reached; .*; check the address, "):
        find_objects("s3://wines/may.csv")


def test_an_object_is_fetched_under_its_name_and_leaves_nothing_behind(bucket, tmp_path):
    with fetched(ObjectPath.at("s3://wines/may.csv"), tmp_path) as path:
        assert (path.name, path.read_bytes()) == ("may.csv", BYTES)
    assert list(tmp_path.iterdir()) == []


def test_an_object_is_opened_as_a_source_under_its_address(bucket, tmp_path):
    with opened("s3://wines/may.csv", tmp_path) as source:
        assert (source.name, source.batch, source.file) == ("s3://wines/may.csv", "may", "may.csv")
        assert (
            source.sha256 == hashlib.sha256(BYTES).hexdigest() == hashlib.sha256(source.path.read_bytes()).hexdigest()
        )


def test_what_is_refused_of_the_copy_is_refused_under_the_address(bucket, tmp_path, table):
    with opened("s3://wines/may.csv", tmp_path) as source, pytest.raises(SourceError, match=r"^s3://wines/may\.csv: "):
        sniff(source, table, ["truth"])


def test_files_and_objects_are_found_together_each_once(bucket):
    assert find(["s3://wines/may.csv", str(WINE), "s3://wines/m*"]) == ["s3://wines/may.csv", str(WINE)]


def test_objects_are_labelled_like_files(bucket, wine_labels, home):
    said = wine_labels("label", "s3://wines/*e.csv", "s3://wines/none.csv", "--home", home)
    assert said.status == 2
    said = wine_labels("label", "s3://wines/j*.csv", "s3://wines/deep/", "--home", home, "--json")
    assert [(each["source"], each["status"], each["rows"]) for each in said.document["batches"]] == [
        ("s3://wines/june.csv", "labelled", 178),
        ("s3://wines/deep/july.csv", "labelled", 178),
    ]
    assert set(pq.read_table(home / "data" / "labels" / "june.parquet")["source"].to_pylist()) == {"june.csv"}
    assert (
        wine_labels("label", "s3://wines/june.csv", "--home", home, "--json").document["batches"][0]["status"]
        == "unchanged"
    )
    assert list((home / "data" / ".staging").iterdir()) == []


def test_an_object_is_explained_as_a_file_is_and_leaves_nothing_behind(wine_labels, home, bucket):
    said = wine_labels("label", "--explain", "s3://wines/may.csv", "--home", home)
    file = wine_labels("label", "--explain", WINE, "--home", home)
    assert (said.status, said.err) == (0, "")
    assert said.out.removeprefix("s3://wines/may.csv: ") == file.out.removeprefix(f"{WINE}: ")
    assert list((home / "data" / ".staging").iterdir()) == []


def test_an_object_that_is_no_table_is_refused_under_its_own_name(wine_labels, home, bucket):
    with bucket.open_output_stream("wines/empty.csv"):
        pass
    said = wine_labels("label", "--explain", "s3://wines/empty.csv", "--home", home)
    assert (said.status, said.out) == (2, "")
    assert said.err.startswith("error: s3://wines/empty.csv: an empty file; ")


@pytest.mark.parametrize("name", ["[br].csv", "q?x=1.csv", "a*.csv"])
def test_an_object_of_that_very_name_comes_before_what_its_name_could_stand_for(bucket, name):
    with bucket.open_output_stream(f"wines/odd/{name}") as file:
        file.write(BYTES)
    assert find(["s3://wines/odd/"]) == find([f"s3://wines/odd/{name}"]) == [f"s3://wines/odd/{name}"]


def test_a_query_is_refused_and_not_repeated(bucket):
    with pytest.raises(SourceError, match="found credentials or a query") as error:
        find_objects("s3://wines/may.csv?X-Amz-Signature=secret")
    assert "secret" not in str(error.value)
