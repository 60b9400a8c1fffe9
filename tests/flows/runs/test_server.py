"""The local server: where one is named, none is started; one that is started never outlives its reason."""

import os
import signal
import subprocess
import sys

import pytest

from flows.jobs.refusals import ServerError
from flows.runs import server, settings

NAMED = "http://127.0.0.1:4299/api"


PROFILES = """
active = "{active}"
[profiles.mine]
PREFECT_API_URL = "http://127.0.0.1:4299/api"
[profiles.ephemeral]
PREFECT_SERVER_ALLOW_EPHEMERAL_MODE = "true"
"""


PLACES = {
    "nothing": (False, {}),
    "environment": (True, {"env": {"PREFECT_API_URL": NAMED}}),
    "settings file": (True, {"prefect.toml": f'[api]\nurl = "{NAMED}"'}),
    "settings file without": (False, {"prefect.toml": "[client]\nmax_retries = 3"}),
    "project": (True, {"pyproject.toml": f'[tool.prefect.api]\nurl = "{NAMED}"'}),
    "project without": (False, {"pyproject.toml": '[tool.other]\nurl = "x"'}),
    "active profile": (True, {"prefect/profiles.toml": PROFILES.format(active="mine")}),
    "active profile without": (False, {"prefect/profiles.toml": PROFILES.format(active="ephemeral")}),
    "profile of the environment": (
        True,
        {"prefect/profiles.toml": PROFILES.format(active="ephemeral"), "env": {"PREFECT_PROFILE": "mine"}},
    ),
    "profiles elsewhere": (
        True,
        {"elsewhere.toml": PROFILES.format(active="mine"), "env": {"PREFECT_PROFILES_PATH": "elsewhere.toml"}},
    ),
    "environment file": (True, {".env": f"PREFECT_API_URL={NAMED}"}),
}


@pytest.fixture
def place(tmp_path, monkeypatch):
    """A working folder and an environment in which a server may be named."""

    def make(env=None, **files):
        for name in [name for name in os.environ if name.startswith("PREFECT_API")]:
            monkeypatch.delenv(name)
        monkeypatch.setenv("PREFECT_HOME", str(tmp_path / "prefect"))
        monkeypatch.chdir(tmp_path)
        for name, value in (env or {}).items():
            monkeypatch.setenv(name, value)
        for name, content in files.items():
            (tmp_path / name).parent.mkdir(exist_ok=True)
            (tmp_path / name).write_bytes(content if isinstance(content, bytes) else content.encode())

    return make


@pytest.mark.parametrize("name", PLACES)
def test_a_server_is_named_where_prefect_reads_its_address(place, name):
    named, files = PLACES[name]
    place(**files)
    from prefect.context import root_settings_context

    assert settings.names_a_server() == named
    assert root_settings_context().settings.api.url == (NAMED if named else None)


@pytest.mark.parametrize("content", [b"[api", b"\xff\xfe[tool]"])
def test_a_settings_file_that_is_broken_names_no_server(place, content):
    place(**dict.fromkeys(("prefect.toml", "pyproject.toml", "prefect/profiles.toml"), content))
    assert not settings.names_a_server()


def test_where_a_server_is_named_none_is_started(place, tmp_path, monkeypatch):
    place(env={"PREFECT_API_URL": NAMED})
    monkeypatch.setattr(server, "reach", lambda: None)
    assert server.start(tmp_path) is None
    server.use(None)
    assert os.environ["PREFECT_API_URL"] == NAMED


def test_the_settings_of_the_user_are_kept(place, tmp_path):
    place(env={"PREFECT_API_URL": NAMED, "PREFECT_LOGGING_SERVER_LEVEL": "INFO"})
    server.start(tmp_path)
    assert os.environ["PREFECT_LOGGING_SERVER_LEVEL"] == "INFO"
    assert os.environ["DO_NOT_TRACK"] == "1"


def test_a_server_that_dies_is_an_error_with_its_last_words(place, tmp_path, monkeypatch):
    monkeypatch.setattr(server, "CHILD", "raise SystemExit('no room')")
    place()
    child = server.start(tmp_path)
    assert child is not None
    with pytest.raises(ServerError, match=r"the Prefect server did not come up; found no room; "):
        server.use(child)


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
