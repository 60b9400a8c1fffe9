"""What stands: files that are labelled already are answered as a run would, and whatever else is left to one."""

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

import work
from flows.jobs.standing import unchanged
from flows.state.home import Home
from work import LINES, TABLE, WINE, snapshot, write


@pytest.fixture
def labelled(trained_home, tmp_path):
    """A request for a home in which two tables are labelled, and their names."""
    home = Home.at(shutil.copytree(trained_home, tmp_path / "home"))
    names = [str(shutil.copy(WINE, tmp_path / "wine.csv")), str(write(tmp_path / "few.csv", *LINES[:9]))]
    for name in names:
        work.label(Path(name), home)
    return work.request(home.folder, work.champion(home.folder)), names


def test_where_all_stand_they_are_what_labelling_them_again_gives(labelled):
    request, names = labelled
    before = snapshot(request.home.folder)
    answered = unchanged(names, request)
    assert snapshot(request.home.folder) == before
    assert answered == [work.label(Path(name), request.home) for name in names]
    assert {batch.status for batch in answered} == {"unchanged"}
    assert answered[0].truth == {"1": 59, "2": 71, "3": 48}


def test_what_a_killed_run_left_is_removed(labelled):
    request, names = labelled
    (request.home.staging / "wine").mkdir()
    (request.home.staging / "wine.lock").touch()
    assert unchanged(names, request)
    assert list(request.home.staging.iterdir()) == []


def change(path):
    with Path(path).open("a") as file:
        file.write("1,2\n")


DOUBTS = {
    "a file that is new": lambda request, names: (request, [*names, str(shutil.copy(WINE, names[0] + ".txt"))]),
    "a file that has gone": lambda request, names: (request, [*names, "none.csv"]),
    "a file that has changed": lambda request, names: change(names[1]) or (request, names),
    "two files of one batch": lambda request, names: (request, [*names, str(shutil.copy(WINE, names[0][:-3] + "txt"))]),
    "an object": lambda request, names: (request, [*names, "s3://bucket/wine.csv"]),
    "other columns stated": lambda request, names: (replace(request, columns=("alcohol",)), names),
    "another version": lambda request, names: (replace(request, sha256="0" * 64), names),
    "a batch that has lost a file": lambda request, names: request.home.report("few").unlink() or (request, names),
    "a report that is damaged": lambda request, names: request.home.report("few").write_bytes(b"") or (request, names),
    "a table that does not hold": lambda request, names: (
        request.home.folder.joinpath("table.toml").write_text("?") and (request, names)
    ),
    "a version for another table": lambda request, names: (
        request.home.folder.joinpath("table.toml").write_text(TABLE.text.replace('"magnesium"', '"magnesia"'))
        and (request, names)
    ),
}


@pytest.mark.parametrize("doubt", DOUBTS)
def test_in_doubt_nothing_is_answered_and_nothing_written(labelled, doubt):
    request, names = DOUBTS[doubt](*labelled)
    before = snapshot(request.home.folder)
    assert unchanged(names, request) is None
    assert snapshot(request.home.folder) == before


def test_a_version_that_is_damaged_is_left_to_a_run(labelled):
    request, names = labelled
    path = request.home.models / "0001" / "weights.npz"
    path.chmod(0o644)
    change(path)
    assert unchanged(names, request) is None
