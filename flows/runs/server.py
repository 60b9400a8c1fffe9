"""The server: a local Prefect API for a one-off run, started before our own imports so that the two overlap.

Prefect would start one by itself, but within the run and after importing all of it a second time; an empty flow then
takes twice as long. The way ours is started is half-private, so a server that does not come up is forgotten and Prefect
starts its own.
"""

from __future__ import annotations

import http.client
import os
import signal
import socket
import subprocess
import sys
import threading
import time
import tomllib
from contextlib import suppress
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from flows.jobs.refusals import ServerError

PORT: Final = 4200  # Prefect's own, so that its UI is where people look for it
ADDRESS: Final = "address"
PATIENCE: Final = 120.0  # seconds; a first start makes the database
SETTINGS: Final = {
    "DO_NOT_TRACK": "1",
    "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
    "PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS": "120",
    "PREFECT_SERVER_SERVICES_TASK_RUN_RECORDER_BATCH_SIZE": "50",
    "PREFECT_SERVER_SERVICES_TASK_RUN_RECORDER_FLUSH_INTERVAL": "1",  # whole seconds: less than one is none, and spins
    "PREFECT_TASKS_DEFAULT_NO_CACHE": "true",
    "PREFECT_LOGGING_HANDLERS_CONSOLE_LEVEL": "CRITICAL",  # the run's log is kept by the server; the words are ours
    "PREFECT_LOGGING_SERVER_LEVEL": "CRITICAL",
    "PREFECT_LOGGING_EXTRA_LOGGERS": "flows",
}


TO_STAY: Final = {
    # A lease that dies with the server would keep the slot of a killed run, and all runs after it, waiting for ever.
    "PREFECT_SERVER_CONCURRENCY_LEASE_STORAGE": "prefect.server.concurrency.lease_storage.filesystem",
    "PREFECT_SERVER_SERVICES_DB_VACUUM_ENABLED": "events,flow_runs",
    "PREFECT_SERVER_SERVICES_DB_VACUUM_RETENTION_PERIOD": str(90 * 24 * 60 * 60),
}


CHILD: Final = """
import os, signal, sys, threading, uvicorn
import prefect.server.api.server  # takes seconds, while the request is looked at

if not sys.stdin.buffer.readline():
    sys.exit()

def follow():
    sys.stdin.buffer.read()
    os.kill(os.getpid(), signal.SIGTERM)

threading.Thread(target=follow, daemon=True).start()
uvicorn.run(
    "prefect.server.api.server:create_app", factory=True, host="127.0.0.1", port=int(sys.argv[1]),
    log_level="critical", timeout_graceful_shutdown=1,
)
"""


class Server:
    """A child process that serves the Prefect API on a port of its own for as long as this process lives.

    It imports what it needs and starts to serve at `begin`: a request that is refused before that has
    started no server. It follows the pipe that is its standard input: when that closes, however this process ended, the
    server writes down what was reported to it and ends too. Nobody waits for it.
    """

    def __init__(self, port: int = 0) -> None:
        """On this port if it is free, else on any."""
        self._port = _free_port(port) or _free_port(0)
        self._begun = False
        self._process = subprocess.Popen(  # noqa: S603  our own interpreter and arguments
            [sys.executable, "-c", CHILD, str(self._port)],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,  # Ctrl-C is for this process, which still has things to report to the server
        )

    @property
    def url(self) -> str:
        """The address of its API."""
        return f"http://127.0.0.1:{self._port}/api"

    def begin(self) -> None:
        """Have it serve."""
        assert self._process.stdin is not None
        if self._begun:
            return
        self._begun = True
        with suppress(BrokenPipeError):  # one that has ended is found by `ready`
            self._process.stdin.write(b"\n")
            self._process.stdin.flush()

    def ready(self) -> bool:
        """Have it serve, and wait until it answers; False where it ends or does not come up in time."""
        self.begin()
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end and self._process.poll() is None:
            if answers(self.url):
                return True
            time.sleep(0.05)
        return False

    def follow(self, ended: threading.Event) -> None:
        """When the server has ended, note it and have this process terminated."""

        def wait() -> None:
            self._process.wait()
            ended.set()
            os.kill(os.getpid(), signal.SIGTERM)

        threading.Thread(target=wait, daemon=True).start()

    def stop(self) -> None:
        """End it now and wait until it has gone."""
        self._process.terminate()
        try:
            self._process.communicate(timeout=10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.communicate()


def _free_port(port: int) -> int:
    """The port, or any for 0; 0 where it is taken."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return 0
        return int(probe.getsockname()[1])


def start(folder: Path) -> Server | None:
    """A server of our own, yet to begin; None where settings name one, or one is serving the home of this folder."""
    prepare()
    if names_a_server():
        return None
    if url := serving(folder):
        os.environ["PREFECT_API_URL"] = url
        return None
    return Server()


def start_to_stay(folder: Path) -> Server | None:
    """A server for schedules, yet to begin, with its database in this folder; None where settings name one."""
    prepare()
    if names_a_server():
        return None
    folder.mkdir(parents=True, exist_ok=True)
    for name, value in TO_STAY.items():
        os.environ.setdefault(name, value)
    os.environ.setdefault("PREFECT_HOME", str(folder))
    return Server(PORT)


def prepare() -> None:
    """Set what Prefect reads when it is imported; what the user has set stands."""
    for name, value in SETTINGS.items():
        os.environ.setdefault(name, value)
    _check_settings()


def serving(folder: Path) -> str | None:
    """The address of the server that serves a home, if it answers."""
    try:
        url = (folder / ADDRESS).read_text(encoding="utf-8").strip()
    except OSError:
        return None
    return url if answers(url) else None


def answers(url: str) -> bool:
    """Whether a Prefect API answers at this address of the local machine."""
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=5)
    try:
        connection.request("GET", f"{parts.path}/health")
        return connection.getresponse().status == http.client.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def _check_settings() -> None:
    """ServerError where Prefect would stumble: over settings files of the working folder, or a home it cannot make."""
    for name in ("prefect.toml", "pyproject.toml"):
        try:
            tomllib.loads(Path(name).read_text(encoding="utf-8"))
        except OSError:
            continue
        except ValueError as error:
            message = f"{name}: settings that Prefect cannot read; {error}; repair or remove the file"
            raise ServerError(message) from error
    home = Path(os.environ.get("PREFECT_HOME", "~/.prefect")).expanduser()
    try:
        home.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        message = f"{home}: Prefect's home cannot be made; {error.strerror}; set PREFECT_HOME to a folder of yours"
        raise ServerError(message) from error


def use(server: Server | None, *, needed: bool = False) -> None:
    """Have Prefect talk to the server, once it answers; import Prefect only after this.

    ServerError where one that is needed does not come up; for any other Prefect has one of its own.
    """
    if server is None:
        return
    if server.ready():
        os.environ["PREFECT_API_URL"] = server.url
        return
    server.stop()
    if needed:
        message = "the Prefect server did not come up; found its process ended; make room on the disk and start again"
        raise ServerError(message)


def names_a_server() -> bool:
    """Whether the environment, a settings file or the active profile names an API, as Prefect reads them."""
    if "PREFECT_API_URL" in os.environ or "PREFECT_PROFILE" in os.environ:
        return True
    home = Path(os.environ.get("PREFECT_HOME", "~/.prefect")).expanduser()
    profiles = _read(Path(os.environ.get("PREFECT_PROFILES_PATH", home / "profiles.toml")).expanduser())
    active = profiles.get("profiles", {}).get(profiles.get("active", ""), {})
    files = (_read(Path("prefect.toml")), _read(Path("pyproject.toml")).get("tool", {}).get("prefect", {}))
    return (
        "PREFECT_API_URL" in active or any("url" in each.get("api", {}) for each in files) or os.access(".env", os.F_OK)
    )


def _read(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
