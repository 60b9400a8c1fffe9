import os
import re
import tempfile

import pytest

from models.errors import ModelError
from models.store import ModelStore
from models.verification import verify

EXTRA = {"card.md": b"# Version"}


@pytest.fixture
def store(tmp_path):
    return ModelStore(tmp_path / "models" / "wine")


def state(folder):
    found = sorted(path for path in folder.rglob("*") if path.is_file())
    return {path: (path.read_bytes(), path.stat().st_mtime_ns, path.stat().st_ino) for path in found}


def without_history(store, classifier):
    for _ in range(3):
        store.save(classifier, {})
    store.promote(2)
    (store.folder / "history.jsonl").unlink()


TROUBLE = {
    "weights": (lambda store: (store.path(2) / "weights.npz").write_bytes(b""), "version 2: weights.npz: not the file"),
    "an extra file": (lambda store: (store.path(2) / "card.md").write_bytes(b""), "version 2: card.md: not the file"),
    "a stray file": (lambda store: (store.path(1) / "a.txt").touch(), "version 1: a.txt was not saved with it"),
    "a stray version": (lambda store: store.path(9).mkdir(), "version 9: model.json is missing"),
    "no champion": (lambda store: (store.folder / "champion").unlink(), "champion: .* expected version 2, found None"),
    "another champion": (
        lambda store: (store.folder / "champion").write_text("0001\n"),
        "expected version 2, found 1; run",
    ),
    "a promotion cut off": (
        lambda store: os.truncate(store.folder / "history.jsonl", (store.folder / "history.jsonl").stat().st_size - 9),
        "champion: not the one of the history; expected version 1, found 2",
    ),
    "an empty history": (lambda store: os.truncate(store.folder / "history.jsonl", 0), "version 1: not registered"),
    "no entry": (
        lambda store: (store.folder / "history.jsonl").open("a").write("{}\n"),
        "history.jsonl: line 5: not an",
    ),
    "an old staging": (lambda store: os.utime(tempfile.mkdtemp(".", ".staging-", store.folder), (0, 0)), "left by a"),
}


@pytest.mark.filterwarnings("ignore::ResourceWarning")
@pytest.mark.parametrize(("make", "match"), TROUBLE.values(), ids=TROUBLE)
def test_verify_finds(store, classifier, make, match):
    for _ in range(2):
        store.promote(store.save(classifier, {}, EXTRA).number)
    assert verify(store) == []
    make(store)
    assert re.search(match, verify(store)[0])


def test_verify_changes_nothing_and_needs_no_right_to_write(store, classifier):
    store.promote(store.save(classifier, {}).number)
    with (store.folder / "history.jsonl").open("ab") as log:
        log.write(b'{"event": "prom')
    before = state(store.folder)
    assert (verify(store), state(store.folder)) == ([], before)


def test_without_a_history_versions_are_taken_on_trust_and_that_is_reported(store, classifier):
    without_history(store, classifier)
    assert store.load().number == 2
    assert verify(store) == ["history.jsonl: no such file; versions are taken on trust, found 3; restore it"]


def test_what_lies_in_a_store_without_a_history_is_registered_by_the_next_save(store, classifier):
    without_history(store, classifier)
    (store.path(3) / "weights.npz").write_bytes(b"")
    store.save(classifier, {})
    found = [(entry["event"], entry["version"]) for entry in store.history()]
    assert found == [("registered", 1), ("registered", 2), ("promoted", 2), ("registered", 4)]
    assert [finding[:9] for finding in verify(store)] == ["version 3"]


def test_where_there_is_no_store_nothing_is_wrong(store):
    assert verify(store) == []
    assert not store.folder.exists()


def test_every_fault_has_a_line_of_its_own(store, classifier):
    for _ in range(3):
        store.save(classifier, {}, EXTRA)
    for number in (1, 3):
        (store.path(number) / "weights.npz").write_bytes(b"")
    assert [finding[:9] for finding in verify(store)] == ["version 1", "version 3"]


def test_a_line_of_another_sha256_than_a_version_was_registered_with_is_found(store, classifier):
    store.promote(store.save(classifier, {}).number)
    sha256 = store.load().sha256
    log = store.folder / "history.jsonl"
    log.write_text(log.read_text().replace(sha256, "0" * 64, 1))
    assert any("promoted version 1 by another sha256" in finding for finding in verify(store))


def flipped(path, at, bit):
    content = bytearray(path.read_bytes())
    content[at] ^= bit
    path.write_bytes(content)


@pytest.mark.parametrize("bit", [0x01, 0x80])
def test_any_byte_of_the_store_that_is_flipped_is_found(store, classifier, another, bit):
    for each in (classifier, another):
        store.promote(store.save(each, {}, EXTRA).number)
    for path in sorted(path for path in store.folder.rglob("*") if path.is_file()):
        size = path.stat().st_size
        step = max(1, size // 12) if "000" in str(path.parent) else 7  # of hashed files a few; all by the benchmark
        for at in {*range(0, size, step), size - 1}:
            flipped(path, at, bit)
            assert verify(store), (path.name, at)
            flipped(path, at, bit)
    assert verify(store) == []


@pytest.mark.parametrize("name", ["notes.txt", "7", "0001.bak", ".hidden"])
def test_what_is_not_of_the_store_is_found(store, classifier, name):
    store.promote(store.save(classifier, {}).number)
    (store.folder / name).mkdir()
    assert verify(store) == [f"{name}: not of the store; found it beside the versions; move it away"]


@pytest.mark.parametrize("name", ["model.json", "weights.npz", "card.md", "../champion", "../history.jsonl"])
@pytest.mark.parametrize("make", [os.mkfifo, os.mkdir, lambda path: path.touch() or os.truncate(path, 10 << 30)])
def test_what_is_no_file_or_a_huge_one_is_refused_in_a_line_by_whoever_reads_it(store, classifier, name, make):
    store.promote(store.save(classifier, {}, EXTRA).number)
    place = store.path(1) / name
    place.unlink()
    make(place)
    with pytest.raises(ModelError, match=r"(not a file|not what was saved); found .*; restore it from a backup$"):
        store.load()
    assert verify(store)


def test_a_champion_that_is_written_otherwise_is_found(store, classifier):
    store.promote(store.save(classifier, {}).number)
    (store.folder / "champion").write_text("1\n")
    assert store.champion() == 1
    assert verify(store) == ["champion: not as it was written; found b'1\\n'; run `wine-labels models promote N`"]
