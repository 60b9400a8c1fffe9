import subprocess
import sys

CODE = """
import time
from flows.jobs import stopping
stopping.GRACE = {grace}
stopping.check()
stopping.stop(7)
stopping.stop(8)
try:
    stopping.check()
except KeyboardInterrupt:
    print("stopped", flush=True)
time.sleep({rest})
"""


def ended(grace, rest):
    command = [sys.executable, "-c", CODE.format(grace=grace, rest=rest)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
    return done.returncode, done.stdout


def test_work_that_looks_is_stopped_and_ends_in_its_own_way():
    assert ended(grace=600, rest=0) == (0, "stopped\n")


def test_what_does_not_end_in_time_is_ended_with_the_first_status():
    status, _ = ended(grace=0.01, rest=600)
    assert status == 7


FOLLOWING = """
import os, signal, time
from flows.jobs import stopping
stopping.GRACE = 0.01
with stopping.following():
    signal.signal(signal.SIGTERM, lambda *_: None)  # as a library does that has a handler of its own
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(600)
"""


def test_a_signal_that_another_handler_swallows_ends_what_does_not_end_all_the_same():
    assert subprocess.run([sys.executable, "-c", FOLLOWING], timeout=300, check=False).returncode == 143
