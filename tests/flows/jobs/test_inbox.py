import os
import shutil
from dataclasses import replace

import pytest

from data import sources
from data.errors import SourceError
from data.sources import Source
from flows.jobs.inbox import alone, idle, survey
from flows.jobs.night import Night
from flows.jobs.request import Request
from flows.state import seen
from flows.state.home import Home
from schemas.record import Record
from work import WINE, label


@pytest.fixture
def request_(trained_home, tmp_path):
    """A request for a home with one table in its inbox."""
    home = Home.at(shutil.copytree(trained_home, tmp_path / "home"))
    home.inbox.mkdir(parents=True)
    shutil.copy(WINE, home.inbox / "a.csv")
    return Request.pinned(home, replace=True, remember=True)


def look(request, **changed):
    return survey(request.home.inbox, request, **{"relabel": False, "again": False, "quiet": 0.0} | changed)


def test_what_is_not_labelled_is_new_and_then_unchanged(request_):
    (source,) = look(request_).new
    assert source.file == "a.csv"
    label(request_.home.inbox / "a.csv", request_.home)
    found = look(request_)
    assert (found.new, found.unchanged) == ([], ["a.csv"])


def test_other_bytes_are_new_and_another_model_only_where_that_is_asked(request_):
    label(request_.home.inbox / "a.csv", request_.home)
    other = replace(request_, sha256="0" * 64)
    assert (len(look(other).new), len(look(other, relabel=True).new)) == (0, 1)
    with (request_.home.inbox / "a.csv").open("a") as file:
        file.write("1,2\n")
    assert len(look(request_).new) == 1


def test_of_two_files_of_one_batch_the_second_is_refused_and_remembered(request_):
    shutil.copy(WINE, request_.home.inbox / "a.txt")
    (batch,) = look(request_).refused
    assert (batch.source, "found" in batch.error) == (str(request_.home.inbox / "a.txt"), True)
    found = look(request_)
    assert (found.refused, list(found.refused_before)) == ([], ["a.txt"])
    assert len(look(request_, again=True).refused) == 1


def test_what_is_remembered_of_a_file_goes_with_it(request_):
    (source,) = look(request_).new
    request_.refused(source, SourceError("bad"))
    assert look(request_).refused_before == {"a.csv": "bad"}
    (request_.home.inbox / "a.csv").unlink()
    look(request_)
    assert list(request_.home.refused.iterdir()) == []


def test_a_file_that_is_being_written_waits(request_):
    (request_.home.inbox / "b.csv.part").touch()
    assert look(request_).waiting == ["b.csv.part"]


def test_every_file_is_hashed_once(request_, monkeypatch):
    hashed, digest = [], sources.digest_of
    monkeypatch.setattr(sources, "digest_of", lambda path, *each: hashed.append(path.name) or digest(path, *each))
    (source,) = look(request_).new
    with sources.opened(source, request_.home.staging) as again:
        assert again is source
    assert hashed == ["a.csv"]


def test_without_an_inbox_it_is_refused(request_):
    with pytest.raises(SourceError, match="no such inbox"):
        survey(request_.home.folder / "none", request_, relabel=False, again=False, quiet=0.0)


def test_a_night_with_nothing_to_do_opens_no_file(request_, monkeypatch):
    label(request_.home.inbox / "a.csv", request_.home)
    monkeypatch.setattr(seen, "SETTLED", -(10**12))
    look(request_)
    monkeypatch.setattr(sources, "digest_of", None)
    monkeypatch.setattr(Record, "read", None)
    assert look(request_).unchanged == ["a.csv"]
    with pytest.raises(TypeError):
        look(replace(request_, sha256="0" * 64), relabel=True)


def idly(request, **changed):
    return idle(request.home, **{"relabel": False, "again": False, "quiet": 0.0} | changed)


def test_an_idle_look_finds_what_a_survey_does_where_nothing_is_to_be_done(request_):
    inbox = request_.home.inbox
    label(inbox / "a.csv", request_.home)
    (inbox / "bad.csv").write_text("x\n")
    request_.refused(*look(request_).new, SourceError("no table"))
    (inbox / "b.csv.part").touch()
    found = look(request_)
    assert idly(request_) == Night([], ["a.csv"], ["b.csv.part"], {"bad.csv": "no table"})
    assert idly(request_) == Night([], found.unchanged, found.waiting, found.refused_before)


def test_an_idle_look_removes_what_is_left_of_batches_that_are_gone(request_):
    label(request_.home.inbox / "a.csv", request_.home)
    pages = [request_.home.page(name) for name in ("a", "gone")]
    pages[0].parent.mkdir(parents=True)
    for page in pages:
        page.touch()
    assert idly(request_)
    assert [page.exists() for page in pages] == [True, False]


def test_what_is_new_is_left_to_a_run_unread(request_, monkeypatch):
    monkeypatch.setattr(sources, "digest_of", None)
    assert idly(request_) is None


DOUBTS = {
    "changed": lambda request: (request.home.inbox / "a.csv").write_text("x\n"),
    "to be looked at again": lambda request: request.refused(
        Source.at(str(shutil.copy(WINE, request.home.inbox / "b.csv"))), SourceError("no table")
    ),
    "to be refused": lambda request: (request.home.inbox / "a.txt").symlink_to(WINE),
    "without a champion": lambda request: (request.home.models / "champion").unlink(),
}


@pytest.mark.parametrize("doubt", DOUBTS)
def test_an_idle_look_leaves_to_a_run_what_it_would_see_to(request_, doubt):
    label(request_.home.inbox / "a.csv", request_.home)
    DOUBTS[doubt](request_)
    assert idly(request_, again=True) is None
    assert not any("a.txt" in path.name for path in request_.home.refused.glob("*"))  # so that the run reports it


def test_an_idle_look_waits_for_nobody_and_watches_no_file(request_):
    label(request_.home.inbox / "a.csv", request_.home)
    assert idly(request_)
    assert idly(request_, quiet=600.0) is None
    with alone(request_.home):
        assert idly(request_) is None


def test_links_that_lead_out_of_the_inbox_are_refused_unread_once_and_no_other_file_is(request_, tmp_path):
    inbox = request_.home.inbox
    (tmp_path / "secret.csv").write_text("the first line\n")
    (tmp_path / "folder").mkdir()
    leads = {"b.csv": tmp_path / "secret.csv", "c.csv": "../none.csv", "d": tmp_path / "folder", "e.csv": "e.csv"}
    for name, target in leads.items():
        (inbox / name).symlink_to(target)
    (inbox / "within.csv").symlink_to("a.csv")
    found = look(request_)
    assert [source.file for source in found.new] == ["a.csv", "within.csv"]
    assert [batch.source for batch in found.refused] == [str(inbox / name) for name in leads]
    assert all("a link that leads out of the inbox; found" in batch.error for batch in found.refused)
    assert not any("the first line" in batch.error for batch in found.refused)
    again = look(request_)
    assert (again.refused, [*again.refused_before]) == ([], [*leads])


def test_an_inbox_that_is_a_link_itself_is_looked_into(request_, tmp_path):
    moved = request_.home.inbox.rename(tmp_path / "elsewhere")
    request_.home.inbox.symlink_to(moved)
    assert [source.file for source in look(request_).new] == ["a.csv"]


@pytest.mark.parametrize("parts", [("k=1/part-0.csv", "k=2/part-0.csv"), ("_SUCCESS", "part-0.csv", "part-1.csv")])
def test_a_folder_that_is_one_table_in_parts_is_refused_whole_and_once(request_, parts):
    for name in parts:
        place = request_.home.inbox / "spark" / name
        place.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(WINE, place)
    (batch,) = look(request_).refused
    assert "spark: one table in several parts; found " in batch.error
    assert list(look(request_).refused_before) == ["spark"]


def test_a_part_of_a_table_that_lies_in_the_inbox_itself_is_refused(request_):
    place = request_.home.inbox / "k=1" / "part-0.csv"
    place.parent.mkdir()
    shutil.copy(WINE, place)
    (batch,) = look(request_).refused
    assert "k=1: a part of a table; found " in batch.error


NAMES = [b"_may.csv", b"..csv.csv", b"w\xefne.csv", b"a\nb.csv", b"\x1b[31m.csv"]


def test_names_of_whatever_bytes_stop_no_other_file(request_):
    for name in NAMES:
        shutil.copy(WINE, request_.home.inbox / os.fsdecode(name))
    found = look(request_)
    assert len(found.new) == len(NAMES)  # but for the hidden one; their names are looked at where they are labelled
