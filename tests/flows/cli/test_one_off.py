import ast
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing

import pytest

from flows.cli import serve
from flows.runs import server
from flows.state.home import Home
from work import HEADER, LINES, WINE, is_refusal, label, servers_with, snapshot

WHOLE = [HEADER, *LINES]


def test_without_a_server_run_brings_its_own_which_keeps_the_history_and_goes(
    program, ended, tmp_path, eventually, prefect_database
):
    prefect = prefect_database.parent
    said = ended(program("run", "--json", cwd=tmp_path, PREFECT_API_URL=None, PREFECT_HOME=str(prefect)))
    assert (said.status, said.err) == (0, "")
    assert said.document["batches"][0]["labelled"] == 178
    assert eventually(lambda: not servers_with(f"PREFECT_HOME={prefect}"))
    with closing(sqlite3.connect(prefect_database)) as database:
        for kind in ("flow_run", "task_run"):
            assert database.execute(f"SELECT state_name FROM {kind}").fetchall() == [("Completed",)] * 2
    assert not (prefect / "memo_store.toml").exists()  # or a server that stays would add no kinds of blocks


def test_a_server_that_is_named_but_down_is_one_error_line(program, ended, tmp_path):
    said = ended(program("run", cwd=tmp_path, PREFECT_API_URL="http://127.0.0.1:9/api"))
    assert (said.status, said.out) == (2, "")
    assert is_refusal(said.err)
    assert "http://127.0.0.1:9/api" in said.err
    assert not (tmp_path / "data").exists()


@pytest.mark.parametrize(("name", "content"), [("prefect.toml", b"[api"), ("pyproject.toml", b"\xff\xfe")])
def test_settings_that_prefect_cannot_read_are_one_error_line(program, ended, tmp_path, name, content):
    (tmp_path / name).write_bytes(content)
    said = ended(program("run", cwd=tmp_path))
    assert (said.status, said.out) == (2, "")
    assert is_refusal(said.err)


@pytest.fixture(scope="module")
def cellar(tmp_path_factory):
    """A table that keeps the program busy for a second or two."""
    path = tmp_path_factory.mktemp("cellar") / "cellar.csv"
    rows = "\n".join(WHOLE[1:]) + "\n"
    path.write_text(WHOLE[0] + "\n" + rows * 5000)
    return path


# `timeout` and shells that signal a group send it twice.
@pytest.mark.parametrize(
    ("number", "status", "times"), [(signal.SIGINT, 130, 1), (signal.SIGTERM, 143, 1), (signal.SIGINT, 130, 2)]
)
def test_a_signal_amid_the_work_ends_it_at_once_and_publishes_nothing(
    program, ended, home, cellar, prefect_client, number, status, times, eventually
):
    source = home / f"cellar-{status}-{times}.csv"
    source.symlink_to(cellar)
    process = program("label", source, "--home", home, cwd=home)
    assert eventually(lambda: list(home.glob("data/.staging/*/*")))
    for _ in range(times):
        process.send_signal(number)
        time.sleep(0.01)
    said = ended(process)
    assert (said.status, said.out, said.err) == (status, "", "")
    assert not list(home.glob("data/[lr]*/*"))
    if times == 1:  # the second may come while Prefect tells the server, or while the stage is cleared
        assert not list(home.glob("data/.staging/*"))
        assert "Crashed" in {run.state_name for run in prefect_client.read_flow_runs() if source.stem in run.name}


@pytest.fixture
def settled(home, monkeypatch):
    """A home whose files, in its inbox and elsewhere, are all labelled already."""
    place = Home.at(home)
    for path in (place.inbox / "a.csv", home / "b.csv"):
        path.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(WINE, path)
        label(path, home)
    label(WINE, home)
    monkeypatch.setattr(serve, "QUIET", 0.0)  # seconds
    return home


SETTLED = [["run"], ["run", "b.csv"], ["label", "data/inbox/a.csv", "b.csv"], ["serve", "--once"]]


def test_what_is_labelled_already_is_answered_without_a_server_as_a_run_answers_it(wine_labels, settled, monkeypatch):
    monkeypatch.chdir(settled)
    asked = [[*words, *more, "--home", str(settled)] for words in SETTLED for more in ([], ["--json"])]
    recorded = [wine_labels(*words) for words in asked]
    before = snapshot(settled)
    monkeypatch.delenv("PREFECT_API_URL")
    monkeypatch.setattr(server, "Server", None)
    assert [wine_labels(*words) for words in asked] == recorded
    assert snapshot(settled) == before
    assert {said.status for said in recorded} == {0}


@pytest.mark.parametrize("words", SETTLED, ids=" ".join)
def test_what_is_labelled_already_is_answered_without_what_labels_or_records(settled, words):
    code = (
        "import atexit, sys; from flows.cli import serve; from flows.cli.main import main; serve.QUIET = 0.0; "
        "atexit.register(lambda: print(sorted({name.split('.')[0] for name in sys.modules}), file=sys.stderr)); "
        f"main({[*words, '--json', '--home', str(settled)]})"
    )
    variables = {name: value for name, value in os.environ.items() if name != "PREFECT_API_URL"}
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, cwd=settled, env=variables, capture_output=True, text=True, timeout=600, check=True)
    imported = set(ast.literal_eval(done.stderr))
    assert "pyarrow" in imported
    assert imported & {"prefect", "pandas", "pandera", "pydantic", "httpx"} == set()


def test_ctrl_c_before_there_is_a_server_leaves_with_130_and_no_traceback(program, ended, tmp_path, eventually):
    prefect = tmp_path / "prefect"
    process = program("run", cwd=tmp_path, PREFECT_API_URL=None, PREFECT_HOME=str(prefect))
    assert eventually(lambda: servers_with(f"PREFECT_HOME={prefect}"))
    process.send_signal(signal.SIGINT)
    said = ended(process)
    assert (said.status, said.out, said.err) == (130, "", "")
    assert eventually(lambda: not servers_with(f"PREFECT_HOME={prefect}"))
