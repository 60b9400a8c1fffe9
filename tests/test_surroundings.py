"""Surroundings: whatever environment the program is started in, it labels, or says in one line why it cannot."""

import os
import shutil
import socket
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from flows.state.home import Home
from work import WINE, is_refusal, label, servers_with

PROGRAM = Path(sys.executable).with_name("wine-labels")
NOWHERE = "http://127.0.0.1:9"

UNFRIENDLY = {
    "ALL_PROXY": "socks5://127.0.0.1:9", "all_proxy": "socks5h://127.0.0.1:9",
    "HTTP_PROXY": NOWHERE, "http_proxy": NOWHERE, "HTTPS_PROXY": NOWHERE, "NO_PROXY": None,
    "LC_ALL": None, "LANG": "xx_YY.nonsense", "PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0",
    "PYTHONCOERCECLOCALE": "0", "HOME": None, "USER": None, "TZ": "Mars/Olympus", "TERM": "dumb",
    "PYTHONWARNINGS": "error",
}  # fmt: skip
"""None of which hides another: a file is labelled in all of them at once, by one run through Prefect."""
GONE = "mkdir gone; cd gone; rmdir ../gone; CMD"

REFUSED = {
    "certificates that are not there": {"SSL_CERT_FILE": "none.pem"},
    "certificates that are none": {"SSL_CERT_FILE": "prefect.toml"},
    "a setting that Prefect refuses": {"PREFECT_API_REQUEST_TIMEOUT": "soon"},
    "a profile that Prefect refuses": {"PREFECT_PROFILES_PATH": "profiles.toml", "PREFECT_PROFILE": None},
}
PROFILES = """
active = "mine"
[profiles.mine]
PREFECT_API_REQUEST_TIMEOUT = "soon"
"""
FILES = {
    "a .env of other bytes": (".env", b"X=\xe9\n"),
    "a .env that Prefect refuses": (".env", b"PREFECT_API_REQUEST_TIMEOUT=soon\n"),
    "a prefect.toml that Prefect refuses": ("prefect.toml", b"[api]\nrequest_timeout = 'soon'\n"),
}

PRINTING = {
    "no columns": {"COLUMNS": "0"},
    "columns below none": {"COLUMNS": "-3"},
    "columns of a word": {"COLUMNS": "wide"},
    "columns without end": {"COLUMNS": "9" * 30},
    "letters of ASCII": {"PYTHONIOENCODING": "ascii"},
    "the locale C": {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
    "no home": {"HOME": None, "USER": None, "LOGNAME": None},
    "no temporary folder": {"TMPDIR": "/none"},
    "a terminal of no kind": {"TERM": "nonsense", "NO_COLOR": "1"},
    "threads that are none": {"OMP_NUM_THREADS": "nonsense", "OPENBLAS_NUM_THREADS": "nonsense"},
}


def started(*words, cwd, shell="CMD", **variables):
    """What a process of the program says and leaves with; a variable given as None is not in its environment."""
    given = {name: value for name, value in (os.environ | variables).items() if value is not None}
    command = shell.replace("CMD", " ".join(map(str, [PROGRAM, *words])))
    done = subprocess.run(["bash", "-c", command], cwd=cwd, env=given, capture_output=True, timeout=600, check=False)
    return done.returncode, done.stdout.decode(errors="replace"), done.stderr.decode(errors="replace")


def test_a_file_is_labelled_in_an_unfriendly_environment_from_a_working_folder_that_was_deleted(home, prefect_server):
    status, _, errors = started("label", WINE, "--home", home, cwd=home, shell=GONE, **UNFRIENDLY)
    assert (status, errors) == (0, "")
    assert Home.at(home).labels("wine").is_file()


def test_a_working_folder_that_was_deleted_is_no_home(home):
    status, _, errors = started("models", cwd=home, shell=GONE, WINE_LABELS_HOME=None)
    assert status == 2
    assert is_refusal(errors)


@pytest.mark.parametrize("name", [*REFUSED, *FILES])
def test_one_line_says_what_is_wrong_with(name, home, tmp_path):
    file, content = FILES.get(name, ("prefect.toml", b""))
    (tmp_path / "profiles.toml").write_text(PROFILES)
    (tmp_path / file).write_bytes(content)
    status, _, errors = started("label", WINE, "--home", home, cwd=tmp_path, **REFUSED.get(name, {}))
    assert status == 2
    assert is_refusal(errors)
    assert not Home.at(home).labels("wine").exists()


@pytest.mark.parametrize("name", PRINTING)
def test_the_versions_are_printed_in(name, home, tmp_path):
    status, output, errors = started("models", "--home", home, cwd=tmp_path, **PRINTING[name])
    assert (status, errors) == (0, "")
    assert "champion" in output


@pytest.mark.parametrize("closed", ["0<&-", "2>&-", "0<&- 2>&-"])
def test_streams_that_are_closed_stop_nothing(closed, home, tmp_path):
    status, output, _ = started("models", "--home", home, cwd=tmp_path, shell=f"CMD {closed}")
    assert status == 0
    assert "champion" in output


LIMITED = {
    "addresses, of which labelling needs more": ("ulimit -v 900000; CMD", f"label {WINE}", "out of memory; "),
    "addresses": ("ulimit -v 200000; CMD", "models", "out of memory; "),
    "the size of files": ("ulimit -f 200; CMD", f"label {WINE}", "prefect.db: larger than files may be here; "),
}


@pytest.mark.parametrize("name", LIMITED)
def test_one_line_says_what_is_exhausted_by_a_limit_of(name, home, tmp_path):
    shell, words, cause = LIMITED[name]
    variables = {"PREFECT_API_URL": None, "PREFECT_HOME": None}
    status, output, errors = started(words, "--home", home, cwd=tmp_path, shell=shell, **variables)
    assert (status, output) == (2, "")
    assert is_refusal(errors)
    assert cause in errors


DRAWING = {
    "the backend of Jupyter": ({"MPLBACKEND": "module://matplotlib_inline.backend_inline"}, ""),
    "TeX for every text": ({}, "text.usetex: True\n"),
    "settings that are none": ({"MPLCONFIGDIR": "/proc/none"}, "backend: nonsense\nfont.size: x\n"),
}


@pytest.mark.parametrize("name", DRAWING)
def test_a_page_is_drawn_in(name, home, tmp_path):
    variables, settings = DRAWING[name]
    label(WINE, home)
    (tmp_path / "matplotlibrc").write_text(settings)
    status, output, errors = started("open", "wine", "--home", home, cwd=tmp_path, HOME=str(tmp_path), **variables)
    assert (status, output, errors) == (0, f"{home}/data/pages/wine.html\n", "")
    assert {path.name for path in tmp_path.iterdir()} <= {"home", "matplotlibrc"}


def test_settings_of_matplotlib_in_other_bytes_are_one_line(home, tmp_path):
    label(WINE, home)
    (tmp_path / "matplotlibrc").write_bytes(b"# caf\xe9\n")
    status, output, errors = started("open", "wine", "--home", home, cwd=tmp_path)
    assert (status, output) == (2, "")
    assert is_refusal(errors)
    assert errors.startswith("error: matplotlibrc: settings that Matplotlib cannot read; ")


def test_a_home_whose_name_cannot_be_printed_is_refused_in_one_line(tmp_path):
    for name in (b"caf\xe9", b"a\x1b[2J"):
        folder = os.fsdecode(bytes(tmp_path) + b"/" + name)
        Path(folder).mkdir()
        done = subprocess.run([PROGRAM, "models", "--home", folder], capture_output=True, timeout=600, check=False)
        assert done.returncode == 2
        assert is_refusal(done.stderr.decode())


def test_a_server_of_its_own_keeps_its_database_in_the_home_whatever_that_is_called(
    trained_home, prefect_database, tmp_path, eventually
):
    home = shutil.copytree(trained_home, tmp_path / "a? b#c%d'ü")
    (home / ".prefect").mkdir()
    shutil.copy(prefect_database, home / ".prefect")
    variables = {
        "PREFECT_API_URL": None, "PREFECT_HOME": None, "PREFECT_SERVER_API_BASE_PATH": "/other",
        "HOME": str(tmp_path / "user"), "WINE_LABELS_HOME": str(home), "HTTP_PROXY": NOWHERE, "http_proxy": NOWHERE,
    }  # fmt: skip
    (tmp_path / "user").mkdir()
    status, _, errors = started("label", WINE, cwd=tmp_path, **variables)
    assert (status, errors) == (0, "")
    assert Home.at(home).labels("wine").is_file()
    assert eventually(lambda: not servers_with(f"WINE_LABELS_HOME={home}"))
    with closing(sqlite3.connect(home / ".prefect" / "prefect.db")) as database:
        assert database.execute("SELECT state_name FROM flow_run").fetchall() == [("Completed",)]
    assert list((tmp_path / "user").iterdir()) == []
    assert {path.name for path in tmp_path.iterdir()} == {home.name, "user", "prefect"}


def test_a_database_that_cannot_be_used_is_one_line_with_the_cause(home, tmp_path):
    variables = {"PREFECT_API_URL": None, "PREFECT_API_DATABASE_CONNECTION_URL": "nonsense"}
    status, _, errors = started("label", WINE, "--home", home, cwd=tmp_path, **variables)
    assert status == 2
    assert is_refusal(errors)
    assert "Could not parse SQLAlchemy URL" in errors


def test_a_server_that_accepts_and_never_answers_is_one_line(home, monkeypatch):
    code = "from flows.runs import reach; reach.PATIENCE = 1.0; from flows.cli.main import main; main()"
    with closing(socket.create_server(("127.0.0.1", 0))) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}/api"
        command = [sys.executable, "-c", code, "label", WINE, "--home", home]
        variables = os.environ | {"PREFECT_API_URL": url}
        done = subprocess.run(command, cwd=home, env=variables, capture_output=True, timeout=600, check=False)
    assert done.returncode == 2
    assert is_refusal(done.stderr.decode())
    assert "no answer within 1 seconds" in done.stderr.decode()
