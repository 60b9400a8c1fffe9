import json
import os
import shutil

import pytest

from flows.state import seen
from flows.state.home import Home
from flows.state.seen import Seen
from work import WINE


@pytest.fixture
def home(tmp_path, monkeypatch):
    """A home with one file and results of its batch, all of which have settled."""
    home = Home(tmp_path)
    for path in (home.inbox / "may.csv", home.labels("may"), home.rejects("may"), home.report("may")):
        path.parent.mkdir(parents=True)
        shutil.copy(WINE, path)
    monkeypatch.setattr(seen, "SETTLED", -(10**12))
    return home


def kept(home, model="a"):
    found = Seen.of(home)
    found.add(home.inbox / "may.csv", model)
    found.keep()
    return Seen.of(home)


def test_what_was_found_labelled_is_known_again(home):
    path = home.inbox / "may.csv"
    assert not Seen.of(home).stands(path)
    found = kept(home)
    assert (found.stands(path), found.stands(path, "a"), found.stands(path, "b")) == (True, True, False)


@pytest.mark.parametrize("which", ["inbox", "labels", "rejects", "reports"])
@pytest.mark.parametrize("change", ["bytes", "time alone", "gone"])
def test_a_file_or_result_that_has_changed_is_not_even_with_its_time_set_back(home, which, change):
    found = kept(home)
    path = next((home.folder / "data" / which).iterdir())
    before = path.stat()
    if change == "bytes":
        path.write_bytes(path.read_bytes().swapcase())
        os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    elif change == "time alone":
        path.touch()
    else:
        path.unlink()
    assert not found.stands(home.inbox / "may.csv")


def test_what_has_changed_just_now_is_not_kept(home, monkeypatch):
    monkeypatch.setattr(seen, "SETTLED", 10**18)
    assert not kept(home).stands(home.inbox / "may.csv")


def test_only_what_is_still_there_is_kept(home):
    found = kept(home)
    found.keep()
    assert Seen.of(home).before == {}


@pytest.mark.parametrize("content", [b"", b"[]", b"{", b"\xff", b'{"x": 1}', b"[" * 100_000, b"of the file"])
@pytest.mark.parametrize("of_the_file", [[], 5, None, [1, 2]])
def test_a_file_that_is_none_of_ours_is_passed_over(home, content, of_the_file):
    entry = json.dumps({str(home.inbox / "may.csv"): of_the_file}).encode()
    home.seen.write_bytes(content.replace(b"of the file", entry))
    assert not Seen.of(home).stands(home.inbox / "may.csv")


def test_a_pipe_in_its_place_is_not_waited_for(home):
    os.mkfifo(home.seen)
    assert Seen.of(home).before == {}
