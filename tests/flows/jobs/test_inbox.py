import shutil
from dataclasses import replace

import pytest

from data import sources
from data.errors import SourceError
from flows.jobs.inbox import survey
from flows.jobs.request import Request
from flows.state.home import Home
from work import WINE, label


@pytest.fixture
def request_(trained_home, tmp_path):
    """A request for a home with one table in its inbox."""
    home = Home.at(shutil.copytree(trained_home, tmp_path / "home"))
    home.inbox.mkdir(parents=True)
    shutil.copy(WINE, home.inbox / "a.csv")
    return Request.pinned(home, "wine", replace=True, remember=True)


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
