import re
import shutil
import subprocess
import sys

import pytest

from models.errors import ModelError
from models.pruning import prunable, prune
from models.store import ModelStore
from models.verification import verify


@pytest.fixture
def store(tmp_path, classifier):
    """Four versions, the second of which is champion, after the first and the third."""
    store = ModelStore(tmp_path / "models" / "wine")
    for _ in range(4):
        store.save(classifier, {})
    for number in (1, 3, 2):
        store.promote(number)
    return store


def test_the_newest_the_champion_and_the_spared_stay(store):
    assert prune(store, 1, {1}) == [3]
    assert (store.versions(), store.champion(), verify(store)) == ([1, 2, 4], 2, [])


@pytest.mark.parametrize(("keep", "expected"), [(1, [1, 3]), (2, [1]), (3, [1]), (4, []), (9, [])])
def test_what_would_be_pruned_is_what_is(store, keep, expected):
    before = store.history()
    assert prunable(store, keep) == expected
    assert store.history() == before
    assert prune(store, keep) == expected


def test_the_history_says_what_was_pruned_and_why_and_keeps_its_sha256(store):
    sha256 = store.pin(1)[1]
    prune(store, 2)
    last = store.history()[-1]
    assert (last["event"], last["version"], last["reason"], last["sha256"]) == (
        "pruned",
        1,
        "the newest 2 kept",
        sha256,
    )


def test_nothing_to_prune_leaves_no_line(store):
    before = store.history()
    assert prune(store, 4) == []
    assert store.history() == before


def test_whoever_asks_for_a_pruned_version_is_told_so(store):
    prune(store, 1)
    at, by = store.history()[-1]["at"][:10], store.history()[-1]["by"]
    expected = f"version 3 was pruned; found that {by} removed it on {at}, the newest 1 kept; name one that "
    for ask in (store.load, store.pin, store.describe, store.promote, lambda number: store.refuse(number, "worse")):
        with pytest.raises(ModelError, match=f"^{re.escape(expected)}"):
            ask(3)


def test_a_number_that_was_pruned_is_not_given_again(store, classifier):
    for number in (4, 2):
        store.promote(number)
    prune(store, 1, {2})
    assert store.save(classifier, {}).number == 5
    store.promote(5)
    assert prune(store, 1) == [2, 4]
    assert (store.save(classifier, {}).number, verify(store)) == (6, [])


def test_rolling_back_never_lands_on_a_pruned_version(store):
    prune(store, 2, {1})
    store.promote(4)
    assert prune(store, 1, {1}) == [2, 3]
    assert (store.rollback(), verify(store)) == (1, [])
    with pytest.raises(ModelError, match="no champion to go back to"):
        store.rollback()


def test_a_version_that_was_removed_by_hand_is_no_fault_once_that_is_recorded(store):
    shutil.rmtree(store.path(1))
    assert len(verify(store)) == 1
    assert prune(store, 2) == [1]
    assert verify(store) == []


def test_versions_of_a_store_without_a_history_are_registered_and_pruned(store):
    for name in ("history.jsonl", "history.seal"):
        (store.folder / name).unlink()
    assert prunable(store, 2) == [1]
    assert (prune(store, 2), verify(store)) == ([1], [])


def test_a_folder_that_cannot_be_removed_is_reported_and_no_version_any_more(store):
    real = store.folder.parent / "elsewhere"
    store.path(1).rename(real)
    store.path(1).symlink_to(real)
    with pytest.raises(ModelError, match=r"0001: pruned, but its folder cannot be removed; found it still there; "):
        prune(store, 2)
    assert (store.versions(), verify(store)) == ([2, 3, 4], [])


def test_where_there_is_no_store_nothing_is_pruned(tmp_path):
    store = ModelStore(tmp_path / "none")
    assert (prunable(store, 1), prune(store, 1), store.folder.exists()) == ([], [], False)


STORY = """
import os, pathlib, shutil, signal, sys
from models.pruning import prune
from models.store import ModelStore
from models.verification import verify

template, folder = map(pathlib.Path, sys.argv[1:])

# What a killed process wrote is there for the others without it, and it is what takes time.
os.fsync = lambda handle: sys.audit("os.fsync")

def doom(at):
    left = iter(range(at - 1))
    kill, pid = os.kill, os.getpid()

    def count(event, arguments):
        if event.startswith(("os.", "open", "fcntl.", "shutil.")) and event != "os.kill" and next(left, None) is None:
            kill(pid, signal.SIGKILL)

    sys.addaudithook(count)

at, killed, found = 0, True, set()
while killed:
    at += 1
    store = ModelStore(pathlib.Path(shutil.copytree(template, folder / str(at))))
    pid = os.fork()
    if not pid:
        doom(at)
        prune(store, 2)
        os._exit(0)
    killed = os.WIFSIGNALED(os.waitpid(pid, 0)[1])
    assert verify(store) == [], (at, verify(store))
    assert store.load().number == 4, at
    found.add(tuple(store.versions()))
    store.settle()
    folders = [name for name in os.listdir(store.folder) if name.isdecimal()]
    assert sorted(map(int, folders)) == store.versions(), at
    prune(store, 2)
    assert (verify(store), store.versions()) == ([], [3, 4]), at
    shutil.rmtree(store.folder)
assert found == {(1, 2, 3, 4), (3, 4)}, found
print(at)
"""


def test_a_kill_at_any_operation_leaves_a_store_in_order_that_the_next_writer_settles(tmp_path, classifier):
    store = ModelStore(tmp_path / "template")
    for _ in range(4):
        store.promote(store.save(classifier, {}, {"card.md": b"card"}).number)
    words = [sys.executable, "-c", STORY, store.folder, tmp_path / "killed"]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    assert done.stderr == ""
    assert int(done.stdout) > 30
