import atexit
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import warnings
from dataclasses import dataclass
from pathlib import Path

import pytest

from data.sources import shipped_table
from flows import server
from flows.cli import main

PROGRAM = Path(sys.executable).with_name("wine-labels")
children = []


def pytest_configure(config):
    """Read and write nothing of the Prefect of whoever runs the tests; set before anything imports prefect."""
    for name in [name for name in os.environ if name.startswith(("PREFECT_", "WINE_LABELS_"))]:
        del os.environ[name]
    folder = tempfile.mkdtemp(prefix="wine-labels-tests-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    # Registered before Prefect is imported, and so done after Prefect has told the server the last of its news.
    atexit.register(lambda: [child.stop() for child in children])
    os.environ |= server.SETTINGS | {
        "PREFECT_HOME": folder,
        "PREFECT_SERVER_SERVICES_SCHEDULER_RECENT_DEPLOYMENTS_LOOP_SECONDS": "1",
        "PREFECT_LOGGING_TO_API_BATCH_INTERVAL": "0.2",
    }
    # Prefect leaves clients of ended event loops to the garbage collector, which finds them in any later test or after
    # the last one: both places have filters of their own.
    config.addinivalue_line("filterwarnings", "ignore:unclosed <socket:ResourceWarning")
    warnings.filterwarnings("ignore", "unclosed <socket", ResourceWarning)


@pytest.fixture(scope="session")
def prefect_server():
    """The address of one real server, started when the first test asks for it."""
    child = server.Server()
    assert child.ready()
    os.environ["PREFECT_API_URL"] = child.url
    import prefect.context

    prefect.context.refresh_global_settings_context()  # doctests import prefect before there is a server
    children.append(child)
    return child.url


@pytest.fixture(scope="session")
def prefect_client(prefect_server):
    from prefect.client.orchestration import get_client

    with get_client(sync_client=True) as client:
        yield client


@pytest.fixture
def eventually():
    """The first answer that is not empty: what the server is told reaches its tables a moment later."""

    def ask(question, seconds=20):
        end = time.monotonic() + seconds
        while not (answer := question()) and time.monotonic() < end:
            time.sleep(0.05)
        return answer

    return ask


@pytest.fixture(scope="session")
def trained_home(tmp_path_factory):
    from flows.home import Home
    from flows.steps import train

    folder = tmp_path_factory.mktemp("trained")
    train([shipped_table()], Home.at(folder))
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
    """The installed program as a process of its own; a variable given as None is taken out of its environment."""

    def start(*words, cwd, **variables):
        given = {name: value for name, value in (os.environ | variables).items() if value is not None}
        command = [PROGRAM, *map(str, words)]
        return subprocess.Popen(command, cwd=cwd, env=given, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)

    return start


@pytest.fixture
def ended():
    """What a program said and the status it left with."""

    def wait(process):
        try:
            out, err = process.communicate(timeout=60)
        finally:
            process.kill()
            process.wait()
        return Said(process.returncode, out, err)

    return wait
