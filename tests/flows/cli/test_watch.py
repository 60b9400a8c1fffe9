"""The watch: a server that goes or falls silent ends the run with one line, whatever the run waits for."""

import socket
import subprocess
import sys
from contextlib import closing

import pytest

from work import is_refusal

CODE = """
import signal, sys, time
from flows.cli import main, watch
from flows.jobs import stopping
from flows.runs import reach

class Own:
    last_words = "killed"

    def alive(self):
        return {alive}

watch.EVERY, reach.PATIENCE = 0.01, 0.2
signal.signal(signal.SIGTERM, main._interrupt)
try:
    with watch.watched({own}, sys.argv[1]):
        time.sleep({works})
except KeyboardInterrupt:
    sys.exit(stopping.status())
"""


def ended(url, own="None", *, alive=True, works=600):
    code = CODE.format(own=own, alive=alive, works=works)
    return subprocess.run([sys.executable, "-c", code, url], capture_output=True, text=True, timeout=600, check=False)


def test_a_server_of_its_own_that_has_died_is_one_line_and_a_refusal(prefect_server):
    done = ended(prefect_server, own="Own()", alive=False)
    assert done.returncode == 2
    assert is_refusal(done.stderr)
    assert "the Prefect server ended; found killed; " in done.stderr


def test_a_server_that_accepts_and_says_nothing_is_given_up():
    with closing(socket.create_server(("127.0.0.1", 0))) as silent:
        done = ended(f"http://127.0.0.1:{silent.getsockname()[1]}/api")
    assert done.returncode == 2
    assert is_refusal(done.stderr)


@pytest.mark.parametrize("own", ["None", "Own()"])
def test_while_it_answers_the_run_is_left_alone(prefect_server, own):
    done = ended(prefect_server, own=own, works=0.5)
    assert (done.returncode, done.stderr) == (0, "")
