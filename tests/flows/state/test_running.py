import subprocess
import sys

import pytest

from data.errors import HeldError
from flows.state.home import Home
from flows.state.running import is_running, running, vanished

HOLDER = """
import os, sys
from flows.state.home import Home
from flows.state.running import running
with running(Home.at(sys.argv[1]), "a"):
    print("running", flush=True)
    os.kill(os.getpid(), 9) if sys.argv[2:] else sys.stdin.read()
"""


def test_a_run_is_running_until_it_has_ended(tmp_path):
    home = Home(tmp_path)
    with running(home, "a"):
        assert is_running(home, "a")
        assert list(vanished(home)) == []
    assert not is_running(home, "a")


def test_one_that_is_running_elsewhere_is_held(tmp_path):
    command = [sys.executable, "-c", HOLDER, str(tmp_path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout.readline() == "running\n"
        with pytest.raises(HeldError), running(Home(tmp_path), "a"):
            pass
        assert list(vanished(Home(tmp_path))) == []


def test_one_whose_process_was_killed_has_vanished_and_is_named_once(tmp_path):
    subprocess.run([sys.executable, "-c", HOLDER, str(tmp_path), "kill"], stdout=-3, timeout=300, check=False)
    assert list(vanished(Home(tmp_path))) == ["a"]
    assert list(vanished(Home(tmp_path))) == []
