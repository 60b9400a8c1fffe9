from pathlib import Path, PurePath

import pytest

from data.errors import AddressError
from data.object_path import ObjectPath
from data.places import below, place_of, relative, same_bytes, states


@pytest.fixture(params=["a disk", "moto", "seaweedfs"])
def folder(request, tmp_path, monkeypatch):
    """A folder in which nothing is, and what writes into it."""
    if request.param == "a disk":
        (tmp_path / "folder").mkdir()
        yield tmp_path / "folder", lambda path, content: path.write_bytes(content)
        return
    with request.getfixturevalue(request.param).bucket("places") as made:
        for name, value in made.variables.items():
            monkeypatch.setenv(name, value)
        yield ObjectPath.at(made.address) / "folder", lambda path, content: path.create(content)


def test_a_name_is_a_path_or_an_address():
    assert place_of("nights/may.csv") == Path("nights/may.csv")
    assert place_of("s3://wines/may.csv") == ObjectPath("s3://wines", "may.csv")
    with pytest.raises(AddressError):
        place_of("s3://")


@pytest.mark.parametrize(
    ("folder", "name", "place"),
    [
        ("home", "data/inbox", "home/data/inbox"),
        ("/home", "/else/inbox", "/else/inbox"),
        ("home", "s3://wines/inbox", "s3://wines/inbox"),
        ("s3://wines/home", "data/inbox", "s3://wines/home/data/inbox"),
        ("s3://wines/home", "s3://others/inbox", "s3://others/inbox"),
        ("s3://wines/home", "/else/inbox", "/else/inbox"),
    ],
)
def test_a_name_in_a_folder_may_be_a_whole_path_or_address(folder, name, place):
    assert below(place_of(folder), name) == place_of(place)


def test_the_files_of_a_folder_are_listed_with_what_is_known_of_them(folder):
    place, write = folder
    write(place / "a.csv", b"12")
    write(place / "b.csv", b"")
    assert {name: state.st_size for name, state in states(place)} == {"a.csv": 2, "b.csv": 0}
    assert [*states(place / "none")] == []


def test_the_way_to_a_place_is_the_same_on_a_disk_and_on_object_storage():
    for top in ("/home", "s3://wines/home"):
        assert relative(place_of(f"{top}/data/a.html"), place_of(top)) == PurePath("data/a.html")
    with pytest.raises(ValueError, match="is not in the subpath"):
        relative(place_of("s3://wines/a"), place_of("s3://wines/b"))


@pytest.mark.parametrize(("other", "same"), [(b"x" * 5_000_000, True), (b"x" * 4_999_999 + b"y", False), (b"x", False)])
def test_files_hold_the_same_bytes_wherever_they_are(folder, tmp_path, other, same):
    place, write = folder
    (tmp_path / "a").write_bytes(b"x" * 5_000_000)
    write(place / "a", other)
    assert same_bytes(tmp_path / "a", place / "a") is same
    assert same_bytes(place / "a", tmp_path / "a") is same
