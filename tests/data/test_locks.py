import signal
import subprocess
import sys
import threading

import pytest

from data.locks import HeldError, exclusive


def test_a_lock_is_for_one_at_a_time_and_leaves_nothing_behind(tmp_path):
    with exclusive(tmp_path / "a"), pytest.raises(HeldError, match=r"held by another run; found it at work; wait"):
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
        assert asked.wait(10)
        assert got == []
    thread.join(10)
    assert got == ["lock"]


def test_the_lock_of_a_killed_process_is_free(tmp_path):
    code = "from pathlib import Path\nfrom data.locks import exclusive\nimport time\n"
    code += f"with exclusive(Path({str(tmp_path / 'a')!r})):\n    print('held', flush=True)\n    time.sleep(60)"
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout.readline() == "held\n"
        with pytest.raises(HeldError):
            exclusive(tmp_path / "a").__enter__()
        process.send_signal(signal.SIGKILL)
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
