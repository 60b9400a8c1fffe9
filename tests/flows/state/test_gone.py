import pytest

from flows.state.gone import sweep_inputs, sweep_pages
from flows.state.home import Home

NAMES = ("may", "index", "Index", "a#b%20", "é <b>", "versions")


@pytest.fixture
def place(tmp_path):
    """A home with pages of batches and versions that are there, and of some that are gone."""
    home = Home(tmp_path)
    for name in NAMES:
        home.labels(name).parent.mkdir(parents=True, exist_ok=True)
        home.labels(name).touch()
    (home.models("wine") / "0001").mkdir(parents=True)
    for name in (*NAMES, "gone", "versions/wine-0001", "versions/wine-0002", "versions/other-0001", "versions/notes"):
        home.page(name).parent.mkdir(parents=True, exist_ok=True)
        home.page(name).touch()
    home.home_page.touch()
    (home.pages / "notes.txt").touch()
    return home


def test_pages_of_batches_and_versions_that_are_gone_are_removed_and_no_others(place):
    gone = [place.page(name) for name in ("gone", "versions/other-0001", "versions/wine-0002")]
    before = {path for path in place.pages.rglob("*") if path.is_file()}
    assert sorted(sweep_pages(place)) == sorted(gone)
    assert {path for path in place.pages.rglob("*") if path.is_file()} == before - {*gone}
    assert sweep_pages(place) == []


def test_where_all_labels_are_gone_all_their_pages_go(place):
    for path in place.labels("").parent.iterdir():
        path.unlink()
    place.labels("").parent.rmdir()
    sweep_pages(place)
    assert sorted(path.name for path in place.pages.glob("*.*")) == ["index.html", "notes.txt"]


def test_a_home_without_pages_has_none_to_remove(tmp_path):
    assert sweep_pages(Home(tmp_path)) == []


def test_where_inputs_were_is_forgotten_of_batches_that_are_gone(place):
    place.input("").parent.mkdir()
    for name in ("may", "index", "gone"):
        place.input(name).touch()
    assert sweep_inputs(place) == [place.input("gone")]
    assert sorted(path.stem for path in place.input("").parent.iterdir()) == ["index", "may"]
