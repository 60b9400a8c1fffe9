"""The server: a local Prefect API for a one-off run, started before our own imports so that the two overlap.

Prefect would start one by itself, but within the run and after importing all of it a second time; an empty flow then
takes twice as long. The way ours is started is half-private, so a server that does not come up is forgotten and Prefect
starts its own.
"""

from __future__ import annotations

import atexit
import http.client
import os
import socket
import subprocess
import sys
import time
import tomllib
from pathlib import Path
from typing import Any, Final

PATIENCE: Final = 120.0  # seconds; a first start makes the database
SETTINGS: Final = {
    "DO_NOT_TRACK": "1",
    "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
    "PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS": "120",
    "PREFECT_SERVER_SERVICES_TASK_RUN_RECORDER_BATCH_SIZE": "50",
    "PREFECT_SERVER_SERVICES_TASK_RUN_RECORDER_FLUSH_INTERVAL": "1",
    "PREFECT_TASKS_DEFAULT_NO_CACHE": "true",
    "PREFECT_LOGGING_HANDLERS_CONSOLE_LEVEL": "CRITICAL",  # the run's log is kept by the server; the words are ours
    "PREFECT_LOGGING_SERVER_LEVEL": "CRITICAL",
    "PREFECT_LOGGING_EXTRA_LOGGERS": "flows",
}


class Server:
    """A child process that serves the Prefect API on a port of its own until this process ends."""

    def __init__(self) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self._port = probe.getsockname()[1]
        self._process = subprocess.Popen(  # noqa: S603  our own interpreter and arguments
            [sys.executable, "-m", "uvicorn", "--factory", "prefect.server.api.server:create_app",
             "--host", "127.0.0.1", "--port", str(self._port), "--log-level", "critical"],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True,
        )  # fmt: skip
        atexit.register(self.stop)

    @property
    def url(self) -> str:
        """The address of its API."""
        return f"http://127.0.0.1:{self._port}/api"

    def ready(self) -> bool:
        """Wait until it answers; False where it dies or does not come up in time."""
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end and self._process.poll() is None:
            connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=5)
            try:
                connection.request("GET", "/api/health")
                if connection.getresponse().status == http.client.OK:
                    return True
            except OSError:
                time.sleep(0.05)
            finally:
                connection.close()
        return False

    def stop(self) -> None:
        """End it, gently first."""
        self._process.terminate()
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()


def start() -> Server | None:
    """A server of our own, unless the user's settings name one already."""
    for name, value in SETTINGS.items():
        os.environ.setdefault(name, value)
    return None if names_a_server() else Server()


def use(server: Server | None) -> None:
    """Have Prefect talk to the server, once it answers; import Prefect only after this."""
    if server is None:
        return
    if server.ready():
        os.environ["PREFECT_API_URL"] = server.url
    else:
        server.stop()


def names_a_server() -> bool:
    """Whether the environment, a settings file or the active profile names an API, as Prefect reads them."""
    if "PREFECT_API_URL" in os.environ or "PREFECT_PROFILE" in os.environ:
        return True
    home = Path(os.environ.get("PREFECT_HOME", "~/.prefect")).expanduser()
    profiles = _read(Path(os.environ.get("PREFECT_PROFILES_PATH", home / "profiles.toml")).expanduser())
    active = profiles.get("profiles", {}).get(profiles.get("active", ""), {})
    files = (_read(Path("prefect.toml")), _read(Path("pyproject.toml")).get("tool", {}).get("prefect", {}))
    return "PREFECT_API_URL" in active or any("url" in each.get("api", {}) for each in files) or Path(".env").exists()


def _read(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, tomllib.TOMLDecodeError):
        return {}
