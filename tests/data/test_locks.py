import subprocess
import sys
import threading

import pytest

from data.errors import HeldError
from data.locks import exclusive


@pytest.fixture
def started():
    """Starts processes that run some code, and ends them whatever becomes of the test."""
    processes = []

    def start(code):
        processes.append(subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True))
        return processes[-1]

    yield start
    for process in processes:
        process.kill()
        process.communicate()


def test_a_lock_is_for_one_at_a_time_and_leaves_nothing_behind(tmp_path):
    with exclusive(tmp_path / "a"), pytest.raises(HeldError, match=r"held by another run; found it running; wait"):
        exclusive(tmp_path / "a").__enter__()
    assert list(tmp_path.iterdir()) == []


def test_whoever_waits_has_it_next(tmp_path):
    asked = threading.Event()
    got = []

    def wait():
        with exclusive(tmp_path / "a", asked.set):
            got.append("lock")

    thread = threading.Thread(target=wait)
    with exclusive(tmp_path / "a"):
        thread.start()
        assert asked.wait(600)
        assert got == []
    thread.join(600)
    assert got == ["lock"]


def test_the_lock_of_a_killed_process_is_free(tmp_path, started):
    code = "from pathlib import Path\nfrom data.locks import exclusive\nimport time\n"
    code += f"with exclusive(Path({str(tmp_path / 'a')!r})):\n    print('held', flush=True)\n    time.sleep(3600)"
    process = started(code)
    assert process.stdout.readline() == "held\n"
    with pytest.raises(HeldError):
        exclusive(tmp_path / "a").__enter__()
    process.kill()
    process.wait()
    with exclusive(tmp_path / "a"):
        pass


def test_of_many_threads_one_at_a_time_has_the_lock(tmp_path):
    inside, most = [0], [0]

    def work():
        for _ in range(20):
            with exclusive(tmp_path / "a", lambda: None):
                inside[0] += 1
                most[0] = max(most[0], inside[0])
                inside[0] -= 1

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert most == [1]
