import multiprocessing
import os
import socket
import threading
from pathlib import Path

import pytest

from models.disk import locked, read, sync, write
from models.errors import ModelError


@pytest.fixture
def others():
    """Starts threads, and waits for all of them before the test is done with."""
    started = []

    def start(work, *arguments):
        started.append(threading.Thread(target=work, args=arguments, daemon=True))
        started[-1].start()
        return started[-1]

    yield start
    for each in started:
        each.join(600)


@pytest.fixture
def synced(monkeypatch):
    """The names of what has been forced to the disk, in their order."""
    names, fsync = [], os.fsync

    def noted(handle):
        names.append(Path(f"/proc/self/fd/{handle}").readlink().name)
        fsync(handle)

    monkeypatch.setattr(os, "fsync", noted)
    return names


def test_what_is_written_is_forced_to_the_disk_and_read_back(tmp_path, synced):
    write(tmp_path / "a", b"content")
    assert synced == ["a"]
    assert (tmp_path / "a").read_bytes() == b"content"


def test_a_folder_is_forced_to_the_disk(tmp_path, synced):
    sync(tmp_path)
    assert synced == [tmp_path.name]


def test_one_thread_at_a_time_has_a_folder(tmp_path, others):
    entered, left = threading.Event(), []

    def wait():
        with locked(tmp_path):
            left.append(entered.is_set())

    with locked(tmp_path):
        waiting = others(wait)
        waiting.join(0.2)
        assert (waiting.is_alive(), left) == (True, [])
        entered.set()
    waiting.join(600)
    assert left == [True]


def test_readers_share_a_folder(tmp_path, others):
    def read():
        with locked(tmp_path, shared=True):
            pass

    with locked(tmp_path, shared=True):
        reading = others(read)
        reading.join(600)
        assert not reading.is_alive()


def hold(folder, held):
    with locked(folder):
        held.set()
        threading.Event().wait()


def test_the_lock_goes_with_the_process_that_holds_it(tmp_path):
    context = multiprocessing.get_context("spawn")
    held = context.Event()
    process = context.Process(target=hold, args=(tmp_path, held), daemon=True)
    process.start()
    try:
        assert held.wait(600)
    finally:
        process.kill()
        process.join()
    with locked(tmp_path):
        assert list(tmp_path.iterdir()) == []  # and no lock file is left


def sparse(path):
    with path.open("xb") as file:
        file.truncate(10 << 30)


def bound(path):
    with socket.socket(socket.AF_UNIX) as end, pytest.MonkeyPatch.context() as patch:
        patch.chdir(path.parent)  # the name of a socket must be short
        end.bind(path.name)


STRANGE = {
    "a folder": (Path.mkdir, "not a file; found a folder; restore it"),
    "a pipe": (os.mkfifo, "not a file; found a pipe; restore it"),
    "a socket": (bound, "not a file; found a socket; restore it"),
    "a device": (lambda path: path.symlink_to("/dev/zero"), "not a file; found a device; restore it"),
    "10 GB": (sparse, "not what was saved; found 10,737,418,240 bytes, 100 at most; restore it"),
}


@pytest.mark.parametrize(("make", "words"), STRANGE.values(), ids=STRANGE)
def test_what_is_no_file_or_too_large_is_refused_unread(tmp_path, make, words):
    make(tmp_path / "a")
    with pytest.raises(ModelError, match=f"^{tmp_path.name}/a: {words}"):
        read(tmp_path / "a", 100)


def test_a_file_as_large_as_may_be_is_read_whole(tmp_path):
    (tmp_path / "a").write_bytes(b"x" * 100)
    assert read(tmp_path / "a", 100) == b"x" * 100
    with pytest.raises(ModelError, match="found 100 bytes, 99 at most"):
        read(tmp_path / "a", 99)
