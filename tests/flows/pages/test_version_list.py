import pytest

from flows.pages import version_list
from flows.pages.link import Links
from flows.pages.version_list import Versions
from flows.state.home import Home
from models.store import ModelStore
from work import train


@pytest.fixture
def place(home):
    """A home with three versions, the second of which is champion."""
    for seed in (1, 2):
        train(home, seed=seed)
    place = Home.at(home)
    ModelStore(place.models).promote(2, "by hand")
    return place


def read(place):
    return Versions.read(place, Links(place, place.home_page))


def test_each_version_has_a_row_the_newest_first(place):
    rows = read(place).rows
    assert [row["version"].text for row in rows] == ["3", "2", "1"]
    assert [bool(row["champion"]) for row in rows] == [False, True, False]
    assert all(row["cross-validated"].endswith("%") and row["made"] for row in rows)
    assert rows[1]["decided"].endswith("; promoted: by hand")
    assert [version for _, version in read(place).reigns][-1] == 2


def test_of_many_versions_the_newest_and_the_champion_are_listed(place, monkeypatch):
    monkeypatch.setattr(version_list, "MOST", 1)
    assert [row["version"].text for row in read(place).rows] == ["3", "2"]


def test_a_version_that_cannot_be_read_is_said_to_be_and_a_history_that_cannot_is_a_fault(place):
    (place.models / "0003" / "model.json").write_text("{")
    assert [row["cross-validated"] == "unreadable" for row in read(place).rows] == [True, False, False]
    (place.models / "history.jsonl").write_text("{}\n")
    found = read(place)
    assert (found.rows, found.reigns) == ((), ())
    assert found.fault.startswith("the versions of wine cannot be listed: history.jsonl: line 1: not an entry")
