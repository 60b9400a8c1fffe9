import atexit
import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
import uuid
import warnings
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path
from unittest.mock import patch

import pytest
from hypothesis import HealthCheck
from hypothesis import settings as examples

from flows.cli.main import main
from flows.runs import server, settings
from work import train

PROGRAM = Path(sys.executable).with_name("wine-labels")
PATIENCE = 600  # seconds: nothing waits as long unless it is broken, however busy the machine is
SHARED = ("PREFECT_HOME", "PREFECT_API_URL")


# A law holds on a slow machine too; where others judge the suite, it tries the same examples every time.
examples.register_profile("default", deadline=None, suppress_health_check=[HealthCheck.too_slow])
examples.register_profile("ci", examples.get_profile("default"), derandomize=True)
examples.load_profile("ci" if "CI" in os.environ else "default")


def pytest_configure(config):
    """Read and write nothing of the Prefect of whoever runs the tests; set before anything imports prefect."""
    for name in [name for name in os.environ if name.startswith(("PREFECT_", "WINE_LABELS_"))]:
        del os.environ[name]
    os.environ |= settings.SETTINGS | {
        "PREFECT_SERVER_SERVICES_SCHEDULER_RECENT_DEPLOYMENTS_LOOP_SECONDS": "1",
        "PREFECT_LOGGING_TO_API_BATCH_INTERVAL": "0.2",
        "OPENBLAS_NUM_THREADS": "1",  # matrices of 178 rows; threads that wait for work keep others from it
    }
    # Prefect leaves clients of ended event loops to the garbage collector, which finds them in any later test or after
    # the last one: both places have filters of their own.
    config.addinivalue_line("filterwarnings", "ignore:unclosed <socket:ResourceWarning")
    warnings.filterwarnings("ignore", "unclosed <socket", ResourceWarning)
    if handed := getattr(config, "workerinput", None):
        os.environ |= {name: handed[name] for name in SHARED}
        return
    folder = tempfile.mkdtemp(prefix="wine-labels-tests-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    os.environ["PREFECT_HOME"] = folder


def pytest_configure_node(node):
    """Hand the one server of the session, started before the first of them, to each process that runs tests."""
    if "PREFECT_API_URL" not in os.environ:
        start_server()
    node.workerinput |= {name: os.environ[name] for name in SHARED}


def start_server():
    with patch.dict(os.environ, {"PREFECT__SERVER_EPHEMERAL": ""}):  # it keeps schedules, as one that stays does
        child = server.Server()
    child.begin()
    # Registered before Prefect is imported, and so done after Prefect has told the server the last of its news.
    atexit.register(child.stop)
    os.environ["PREFECT_API_URL"] = child.url


@pytest.fixture(scope="session")
def prefect_server():
    """The address of one real server, of this process or of the one that shares out the tests."""
    if "PREFECT_API_URL" not in os.environ:
        start_server()
    url = os.environ["PREFECT_API_URL"]
    end = time.monotonic() + PATIENCE
    while not server.answers(url):
        assert time.monotonic() < end
        time.sleep(0.05)
    import prefect.context

    prefect.context.refresh_global_settings_context()  # doctests import prefect before there is a server
    return url


@pytest.fixture
def prefect_database(prefect_server, tmp_path):
    """The server's database with nothing that happened in it: to make one takes a server half a minute."""
    copied = tmp_path / "prefect" / "prefect.db"
    copied.parent.mkdir()
    made = Path(os.environ["PREFECT_HOME"]) / "prefect.db"
    with closing(sqlite3.connect(made)) as one, closing(sqlite3.connect(copied)) as other, other:
        one.backup(other)
        tables = [name for (name,) in other.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        for table in tables:
            if not table.startswith(("alembic", "block", "sqlite")):
                other.execute(f'DELETE FROM "{table}"')
    return copied


@pytest.fixture(scope="session")
def prefect_client(prefect_server):
    from prefect.client.orchestration import get_client

    with get_client(sync_client=True) as client:
        yield client


@pytest.fixture
def eventually():
    """The first answer that is not empty: what the server hears reaches its tables a moment later."""

    def ask(question):
        end = time.monotonic() + PATIENCE
        while not (answer := question()) and time.monotonic() < end:
            time.sleep(0.05)
        return answer

    return ask


@pytest.fixture(scope="session")
def trained_home(tmp_path_factory):
    folder = tmp_path_factory.mktemp("trained")
    train(folder)
    return folder


@pytest.fixture
def home(trained_home, tmp_path):
    """A home with version 1 and nothing labelled yet."""
    return shutil.copytree(trained_home, tmp_path / "home")


@dataclass(frozen=True)
class Said:
    status: int
    out: str
    err: str

    @property
    def document(self):
        assert self.out.count("\n") == 1
        return json.loads(self.out)


@pytest.fixture
def wine_labels(prefect_server, capfd):
    """The command line in this process."""
    handlers = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}

    def call(*words):
        capfd.readouterr()
        with pytest.raises(SystemExit) as end:
            main([str(word) for word in words])
        return Said(end.value.code or 0, *capfd.readouterr())

    yield call
    for number, handler in handlers.items():
        signal.signal(number, handler)


@pytest.fixture
def program():
    """The installed program as a process of its own; a variable given as None is taken out of its environment.

    What still runs when the test is over, however it ended, is killed, and what that has started as well.
    """
    started = []

    def start(*words, cwd, **variables):
        given = {name: value for name, value in (os.environ | variables).items() if value is not None}
        command = [PROGRAM, *map(str, words)]
        pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
        started.append(subprocess.Popen(command, cwd=cwd, env=given, start_new_session=True, **pipes))
        return started[-1]

    yield start
    for process in started:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        process.stdout.close()
        process.stderr.close()


@pytest.fixture
def ended():
    """What a program said and the status it left with."""

    def wait(process):
        out, err = process.communicate(timeout=PATIENCE)
        return Said(process.returncode, out, err)

    return wait


@pytest.fixture(scope="session")
def moto():
    """A store of moto's, started when it is first asked for."""
    import object_stores

    store = object_stores.moto()
    yield store
    store.stop()


@pytest.fixture(scope="session")
def seaweedfs():
    """A store of SeaweedFS's, started when it is first asked for."""
    import object_stores

    store = object_stores.seaweedfs()
    yield store
    store.stop()


@pytest.fixture(params=["moto", "seaweedfs"])
def object_store(request, monkeypatch):
    """An empty bucket of a real store, of each kind, which the environment names."""
    with request.getfixturevalue(request.param).bucket(f"b-{uuid.uuid4().hex}") as bucket:
        for name, value in bucket.variables.items():
            monkeypatch.setenv(name, value)
        yield bucket
