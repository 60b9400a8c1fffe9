"""The server: a local Prefect API for a one-off run, started before our own imports so that the two overlap.

Prefect would start one by itself, but within the run and after importing all of it a second time; an empty flow then
takes twice as long.
"""

from __future__ import annotations

import http.client
import os
import re
import socket
import subprocess
import sys
import threading
import time
from collections import deque
from contextlib import suppress
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from flows.jobs.limits import LEAST_DATABASE, check_file_size, exhausted_in
from flows.jobs.refusals import ServerError
from flows.runs.reach import reach
from flows.runs.settings import TO_PASS, TO_STAY, UI_ENABLED, check, names_a_server, prepare

PORT: Final = 4200  # Prefect's own, so that its UI is where people look for it
ADDRESS: Final = "address"
PATIENCE: Final = 120.0  # seconds; a first start makes the database
AROUND: Final = re.compile(r"ERROR:|\(Background on this error|.*Application startup failed")
"""Lines that say no more than that there is an error."""
CHILD: Final = """
import gc, os, signal, sys, threading, time

# Relative to the folder where it is going to work: the address of a database bears no name with a question mark.
os.environ["PREFECT_HOME"] = "."
gc.disable()  # of what is imported nothing is garbage; to look for it takes a tenth of the time
import uvicorn
from prefect.server.api import server  # takes seconds, while the request is looked at

gc.freeze()
gc.enable()

if not os.read(0, 1):  # not by a file object, on which a thread that waits at the end is fatal
    sys.exit()
os.chdir(sys.argv[2])

def follow():
    while os.read(0, 1):
        pass
    time.sleep(2)  # what was reported last is still on its way to the database
    os.kill(os.getpid(), signal.SIGTERM)

threading.Thread(target=follow, daemon=True).start()
app = server.create_app()
server.create_app = lambda: app  # its own clients ask for it: to find out that it is the same takes as long as another
uvicorn.run(app, host="127.0.0.1", port=int(sys.argv[1]), log_level="error", timeout_graceful_shutdown=1)
"""


class Server:
    """A child process that serves the Prefect API on a port of its own for as long as this process lives.

    It imports what it needs and starts to serve at `begin`: a request that is refused before that has
    started no server. It follows the pipe that is its standard input: when that closes, however this process ended, the
    server writes down what was reported to it and ends too. Nobody waits for it.
    """

    def __init__(self, folder: Path | None = None, *, stays: bool = False) -> None:
        """With its database in this folder, else in PREFECT_HOME; one that stays is where people look for its UI."""
        self._port = (stays and _free_port(PORT)) or _free_port(0)
        self._folder = Path(os.environ.get("PREFECT_HOME") or folder or "~/.prefect").expanduser().absolute()
        self.stays = stays
        self._begun = False
        self._said: deque[str] = deque(maxlen=50)
        self._process = subprocess.Popen(  # noqa: S603  our own interpreter and arguments
            [sys.executable, "-c", CHILD, str(self._port), self._folder],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            env=(TO_STAY if stays else TO_PASS) | self._variables(),
            start_new_session=True,  # Ctrl-C is for this process, which still has things to report to the server
        )
        self._listening = threading.Thread(target=self._listen, daemon=True)
        self._listening.start()

    @property
    def url(self) -> str:
        """The address of its API."""
        return f"http://127.0.0.1:{self._port}/api"

    def begin(self) -> None:
        """Have it serve; ServerError where its folder cannot be made, OSError where its database could not grow."""
        assert self._process.stdin is not None
        if self._begun:
            return
        self._begun = True
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            message = f"{self._folder}: Prefect's home cannot be made; {error.strerror}; set PREFECT_HOME to another"
            raise ServerError(message) from error
        if not any(each.endswith("DATABASE_CONNECTION_URL") for each in os.environ):
            self._check_database()
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

    @property
    def last_words(self) -> str:
        """The last line that it has written, once it has ended."""
        self._listening.join(timeout=1)
        errors = [line for line in self._said if not AROUND.match(line)]
        return errors[-1] if errors else "its process ended"

    def alive(self) -> bool:
        """Whether its process has not ended."""
        return self._process.poll() is None

    def stop(self) -> None:
        """End it now and wait until it has gone."""
        assert self._process.stdin is not None
        self._process.terminate()
        with suppress(BrokenPipeError):
            self._process.stdin.close()
        try:
            self._process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._listening.join()

    def _check_database(self) -> None:
        """ServerError or OSError where the folder, or a limit, bears no database."""
        if not os.access(self._folder, os.W_OK | os.X_OK):
            found = "found that nothing can be written there"
            message = f"{self._folder}: Prefect's home cannot be used; {found}; set PREFECT_HOME to another"
            raise ServerError(message)
        check_file_size(self._folder / "prefect.db", LEAST_DATABASE)

    def _variables(self) -> dict[str, str]:
        """Its environment: its API is where we ask for it, whatever is said of others."""
        profiles = os.environ.get("PREFECT_PROFILES_PATH") or str(self._folder / "profiles.toml")
        return os.environ | {
            "PREFECT_PROFILES_PATH": profiles,
            "PREFECT_SERVER_API_BASE_PATH": "/api",
            "PREFECT_LOGGING_HANDLERS_CONSOLE_LEVEL": "ERROR",  # for its last words, should it end
        }

    def _listen(self) -> None:
        assert self._process.stderr is not None
        with self._process.stderr as said:
            self._said.extend(line for each in said if (line := each.decode(errors="replace").strip()))


def _free_port(port: int) -> int:
    """The port, or any for 0; 0 where it is taken."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return 0
        return int(probe.getsockname()[1])


def start(folder: Path, *, stays: bool = False) -> Server | None:
    """A server of our own, yet to begin, with its database in this folder.

    None where settings name one or, unless ours is one that stays, where one is serving the home of this folder.
    """
    return None if elsewhere(folder, named_alone=stays) else Server(folder, stays=stays)


def elsewhere(folder: Path, *, named_alone: bool = False) -> bool:
    """Whether there is a server that runs are reported to: one that settings name, or one that serves this home."""
    prepare(folder)
    if names_a_server():
        return True
    if named_alone or not (url := serving(folder)):
        return False
    os.environ["PREFECT_API_URL"] = url
    return True


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


def use(server: Server | None) -> None:
    """Have Prefect talk to the server, or to the one that is named; import Prefect only after this.

    ServerError where it does not come up, does not answer, wants a login, or where Prefect refuses its settings.
    """
    if server is None:
        check()
        reach()
        return
    server.begin()
    os.environ["PREFECT_API_URL"] = server.url
    if not server.stays:
        os.environ[UI_ENABLED] = TO_PASS[UI_ENABLED]  # so that nobody is sent to an address that shows nothing
    check()  # takes as long as the server does, and says more exactly than it would what both stumble over
    if not server.ready():
        server.stop()
        words = server.last_words
        what, remedy = exhausted_in(words) or ("the Prefect server did not come up", "see to that and start again")
        raise ServerError(f"{what}; found {words}; {remedy}")
