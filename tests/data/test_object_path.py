import os
import pickle
import threading
import time

import pytest

from data.errors import MovingError, ObjectError
from data.object_file import BLOCK
from data.object_path import ObjectPath
from object_stores import DroppingProxy


@pytest.fixture
def place(object_store):
    """A place in a bucket in which nothing is."""
    return ObjectPath.at(object_store.address) / "wines"


PLACES = ((0, 0, 10), (-7, 2, 100), (BLOCK - 3, 0, 9), (5, 1, 2 * BLOCK), (1, 0, 0), (3, 0, -1))


def put(path, content=b"x"):
    assert path.create(content)
    return path


def test_a_place_has_the_names_of_a_path():
    path = ObjectPath.at("s3://wines/nights/october.csv.gz")
    assert (path.name, path.stem, path.suffix) == ("october.csv.gz", "october.csv", ".gz")
    assert str(path.parent) == "s3://wines/nights"
    assert str(path.with_name("may.csv")) == "s3://wines/nights/may.csv"
    assert str(ObjectPath.at("s3://wines") / "a/b" / "c") == "s3://wines/a/b/c"
    assert str(path / "gs://other/x") == "gs://other/x"
    assert path.parent.parent.parent == ObjectPath.at("s3://wines")


def test_a_place_travels_between_processes():
    path = ObjectPath.at("s3://wines/nights")
    assert pickle.loads(pickle.dumps(path)) == path


def test_what_is_created_is_there_and_nobody_creates_it_again(place):
    assert not place.exists()
    assert (place / "a").create(b"first")
    assert not (place / "a").create(b"second")
    assert (place / "a").read_bytes() == b"first"
    assert ((place / "a").is_file(), (place / "a").is_dir()) == (True, False)
    assert (place.is_file(), place.is_dir(), place.exists()) == (False, True, True)


def test_one_of_two_who_swap_the_same_bytes_comes_first(place):
    path = put(place / "a", b"0")
    _, tag = path.get()
    assert path.swap(b"1", tag)
    assert not path.swap(b"2", tag)
    assert path.read_text() == "1"
    assert not (place / "none").swap(b"1", tag)


def test_a_folder_lists_what_is_directly_in_it_by_name(place):
    for name in ("b.parquet", "a.parquet", "deep/c.parquet", ".hidden"):
        put(place / name)
    assert [path.name for path in place.iterdir()] == [".hidden", "a.parquet", "b.parquet", "deep"]
    assert [path.name for path in place.glob("*.parquet")] == ["a.parquet", "b.parquet"]
    assert [state is None for _, state in place.entries()] == [False, False, False, True]
    assert [path.name for path, _ in place.walk()] == [".hidden", "a.parquet", "b.parquet", "c.parquet"]
    assert [*(place / "none").iterdir()] == []


def test_a_name_that_begins_like_a_folder_is_not_in_it(place):
    put(place.parent / "wines-of-others" / "a")
    assert not place.is_dir()


@pytest.mark.parametrize("name", ["Nürnberg 7.csv", "a%20b", "50% off|<x>&y=#?", "日本", "quoted\"'", "[a]*{b}~^`+"])
def test_names_of_all_sorts_are_kept(place, name):
    put(place / name, name.encode())
    assert [path.name for path in place.iterdir()] == [name]
    assert (place / name).read_bytes() == name.encode()


def test_what_is_removed_is_gone_and_may_be_removed_again(place):
    path = put(place / "a")
    path.unlink()
    path.unlink(missing_ok=True)
    assert not path.exists()
    with pytest.raises(FileNotFoundError):
        path.read_bytes()
    with pytest.raises(FileNotFoundError):
        path.stat()
    with pytest.raises(FileNotFoundError):
        path.open("rb")


def test_the_state_of_an_object_says_size_and_time_and_tells_bytes_apart(place):
    states = [put(place / name, content).stat() for name, content in (("a", b"1"), ("b", b"2"))]
    assert [state.st_size for state in states] == [1, 1]
    assert states[0].st_ino != states[1].st_ino
    assert abs(states[0].st_mtime - time.time()) < 600


def test_a_file_is_read_anywhere_as_a_file_of_a_disk_is(place, tmp_path):
    content = os.urandom(2 * BLOCK + 12_345)
    (tmp_path / "a").write_bytes(content)
    with put(place / "a", content).open("rb") as remote, (tmp_path / "a").open("rb") as local:
        for where, whence, size in [
            (0, 0, 10),
            (-7, 2, 100),
            (BLOCK - 3, 0, 9),
            (5, 1, 2 * BLOCK),
            (1, 0, 0),
            (3, 0, -1),
        ]:
            assert remote.seek(where, whence) == local.seek(where, whence)
            assert remote.read(size) == local.read(size)
            assert remote.tell() == local.tell()


def test_an_object_that_is_replaced_while_it_is_read_is_refused(place):
    path = put(place / "a", bytes(3 * BLOCK))
    with path.open("rb", buffering=0) as file:
        assert file.read(1) == b"\0"
        path.unlink()
        put(path, b"1" * 3 * BLOCK)
        file.seek(2 * BLOCK)
        with pytest.raises(MovingError, match="changed while it was read; found another object there by now"):
            file.read(1)


def test_a_bucket_that_is_not_there_is_no_empty_folder(place):
    nowhere = ObjectPath.at("s3://no-such-bucket-of-ours/a")
    with pytest.raises(ObjectError, match="no such bucket; found none of that name; create it, or check the address"):
        nowhere.read_bytes()
    with pytest.raises(ObjectError, match="no such bucket"):
        nowhere.is_dir()


def test_lost_answers_lose_nothing_and_double_nothing(object_store, monkeypatch):
    with DroppingProxy(object_store.endpoint, every=2) as proxy:
        monkeypatch.setenv("AWS_ENDPOINT_URL", proxy.endpoint)
        path = ObjectPath.at(object_store.address) / "a"
        assert path.create(b"0")
        for number in range(1, 5):
            content, tag = path.get()
            assert content == b"%d" % (number - 1)
            assert path.swap(b"%d" % number, tag)
        assert len(proxy.lost) >= 4


def test_of_many_who_create_one_object_one_comes_first(place):
    first: list[int] = []

    def create(number):
        if (place / "a").create(b"%d" % number):
            first.append(number)

    threads = [threading.Thread(target=create, args=[number]) for number in range(8)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert [b"%d" % number for number in first] == [(place / "a").read_bytes()]
