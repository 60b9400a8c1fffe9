import urllib.request

import pyarrow.parquet as pq
import pytest
from moto.server import ThreadedMotoServer
from pyarrow.fs import S3FileSystem

from data import objects
from data.layouts import SourceError
from data.objects import fetched, find_objects
from data.sources import MovingError, shipped_table

WINE = shipped_table().read_bytes()


@pytest.fixture(scope="module")
def server():
    """A real S3 server, of moto's, with a bucket of tables."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture
def bucket(server, monkeypatch):
    settings = {"AWS_ENDPOINT_URL": server, "AWS_ACCESS_KEY_ID": "a", "AWS_SECRET_ACCESS_KEY": "b"}
    for name, value in settings.items():
        monkeypatch.setenv(name, value)
    urllib.request.urlopen(urllib.request.Request(f"{server}/wines", method="PUT"))
    storage = S3FileSystem(endpoint_override=server.removeprefix("http://"), scheme="http")
    for name in ("may.csv", "june.csv", "deep/july.csv", "_notes.csv", "readme.md"):
        with storage.open_output_stream(f"wines/{name}") as file:
            file.write(WINE)
    return storage


@pytest.mark.parametrize(
    ("address", "found"),
    [
        ("s3://wines/may.csv", ["may.csv"]),
        ("s3://wines/", ["june.csv", "may.csv"]),
        ("s3://wines/*.csv", ["_notes.csv", "june.csv", "may.csv"]),
        ("s3://wines/j*.csv", ["june.csv"]),
        ("s3://wines/deep/", ["deep/july.csv"]),
    ],
)
def test_an_address_stands_for_objects(bucket, address, found):
    assert find_objects(address) == [f"s3://wines/{name}" for name in found]


@pytest.mark.parametrize("address", ["s3://wines/none.csv", "s3://wines/none/*.csv", "s3://no/a.csv", "s3://wines/x/"])
def test_an_address_of_nothing_is_refused_in_a_line(bucket, address):
    with pytest.raises(SourceError, match=r": (no such object|cannot be read); .*; check the ") as error:
        find_objects(address)
    assert str(error.value).startswith(address)


def test_a_storage_that_is_not_there_is_refused_in_a_line(bucket, monkeypatch):
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    monkeypatch.setattr(objects, "SECONDS", 0.5)
    with pytest.raises(SourceError, match=r"^s3://wines/may.csv: cannot be read; .*; check the address, AWS_\* and"):
        find_objects("s3://wines/may.csv")


def test_an_object_is_fetched_under_its_name_and_leaves_nothing_behind(bucket, tmp_path):
    with fetched("s3://wines/may.csv", tmp_path) as path:
        assert (path.name, path.read_bytes()) == ("may.csv", WINE)
    assert list(tmp_path.iterdir()) == []


def test_an_object_that_changes_while_it_is_fetched_is_refused(bucket, tmp_path, monkeypatch):
    real = objects._storage

    class Changing:
        def __init__(self, bucket):
            self.storage = real(bucket)

        def get_file_info(self, place):
            return self.storage.get_file_info(place)

        def open_input_stream(self, place):
            stream = self.storage.open_input_stream(place)
            with self.storage.open_output_stream(place) as file:
                file.write(WINE + b"\n")
            return stream

    monkeypatch.setattr(objects, "_storage", Changing)
    with pytest.raises(MovingError, match="changed while it was fetched"):
        fetched("s3://wines/may.csv", tmp_path).__enter__()


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
