"""The local server: where one is named, none is started; one that is started never outlives its reason."""

import os
import signal
import subprocess
import sys

import pytest

from flows.jobs.refusals import ServerError
from flows.runs import server

NAMED = "http://127.0.0.1:4299/api"


def test_where_a_server_is_named_none_is_started(place, tmp_path, monkeypatch):
    place(env={"PREFECT_API_URL": NAMED})
    monkeypatch.setattr(server, "reach", lambda: None)
    assert server.start(tmp_path) is None
    server.use(None)
    assert os.environ["PREFECT_API_URL"] == NAMED


def test_a_server_that_dies_is_an_error_with_its_last_words(place, tmp_path, monkeypatch):
    monkeypatch.setattr(server, "CHILD", "raise SystemExit('no room')")
    place()
    child = server.start(tmp_path)
    assert child is not None
    with pytest.raises(ServerError, match=r"the Prefect server did not come up; found no room; "):
        server.use(child)


@pytest.mark.parametrize(("stays", "shown"), [(False, "false"), (True, None)])
def test_only_a_server_that_stays_has_a_ui_to_link_to(place, tmp_path, monkeypatch, stays, shown):
    monkeypatch.setattr(server, "CHILD", "raise SystemExit('no room')")
    place()
    with pytest.raises(ServerError):
        server.use(server.start(tmp_path, stays=stays))
    assert os.environ.get("PREFECT_SERVER_UI_ENABLED") == shown


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("MemoryError", "out of memory; found MemoryError; close other programs"),
        ("(sqlite3.OperationalError) database or disk is full", "no room on the disk; found .*; make room there"),
    ],
)
def test_a_server_that_dies_of_too_little_says_of_what(words, said, place, tmp_path, monkeypatch):
    monkeypatch.setattr(server, "CHILD", f"raise SystemExit('{words}\\n(Background on this error at: nowhere)')")
    place()
    with pytest.raises(ServerError, match=f"^{said}"):
        server.use(server.start(tmp_path))


def test_a_folder_in_which_nothing_can_be_written_is_refused_before_it_is_tried(place, tmp_path, monkeypatch):
    monkeypatch.setattr(server, "CHILD", "import os; os.read(0, 1)")
    monkeypatch.setattr(os, "access", lambda *_: False)  # as for whoever is not root
    place()
    child = server.start(tmp_path)
    with pytest.raises(ServerError, match=r"prefect: Prefect's home cannot be used; .*; set PREFECT_HOME to another"):
        child.begin()
    child.stop()


def test_a_server_that_is_stopped_leaves_nothing_open(monkeypatch):
    monkeypatch.setattr(server, "CHILD", "import os; os.read(0, 1)")
    child = server.Server()
    child.stop()
    assert child._process.poll() is not None
    assert child._process.stdin.closed


def test_a_server_goes_when_its_parent_is_killed(eventually):
    code = "from flows.runs.server import Server; child = Server(); print(child._process.pid, flush=True); input()"
    with subprocess.Popen(
        [sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as parent:
        number = parent.stdout.readline().strip()
        parent.send_signal(signal.SIGKILL)
    assert eventually(lambda: has_gone(number))  # one that is coming up goes when it is up


def has_gone(number):
    reported = subprocess.run(["ps", "-o", "stat=", "-p", number], capture_output=True, text=True, check=False)
    return reported.stdout.strip()[:1] in {"", "Z"}
