import hashlib
import multiprocessing
import os
import pickle
import re
import resource
import shutil
import stat
import subprocess
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace

import numpy as np
import pytest

from models.codec import encode
from models.errors import ModelError
from models.store import ModelStore
from models.verification import verify
from nn.encoding import Standardizer

PROCESSES, SAVES = 8, 5


@pytest.fixture
def store(tmp_path):
    return ModelStore(tmp_path / "models" / "wine")


def arrays(classifier):
    network = classifier.network
    return (classifier.standardizer.mean, classifier.standardizer.scale, *network.weights, *network.biases)


def bits(classifier):
    return [array.tobytes() for array in arrays(classifier)]


def state(folder):
    found = sorted(path for path in folder.rglob("*") if path.is_file())
    return {path: (path.read_bytes(), path.stat().st_mtime_ns, path.stat().st_ino) for path in found}


def folders(store):
    return sorted(path.name for path in store.folder.iterdir() if path.is_dir())


def leftovers(store):
    return [path.name for path in store.folder.iterdir() if path.name.startswith(".")]


def test_versions_are_numbered_from_one(store, classifier, another):
    assert store.versions() == []
    assert [store.save(each, {}).number for each in (classifier, another, classifier)] == [1, 2, 3]
    assert store.versions() == [1, 2, 3]
    assert folders(store) == ["0001", "0002", "0003"]


def test_the_number_after_9999_has_five_digits(store, classifier):
    store.path(9999).mkdir(parents=True)
    assert store.save(classifier, {}).number == 10_000
    assert store.load(10_000).number == 10_000


def test_a_version_is_loaded_by_its_number_as_it_was_saved(store, classifier, another):
    store.save(classifier, {"seed": 1})
    store.save(another, {"seed": 2})
    for number, expected in ((1, classifier), (2, another)):
        found = store.load(number)
        assert (found.number, found.notes) == (number, {"seed": number})
        assert bits(found.classifier) == bits(expected)


def test_what_save_returns_is_what_load_returns(store, classifier):
    saved = store.save(classifier, {"seed": 1})
    loaded = store.load(1)
    assert (saved.number, saved.sha256, saved.notes) == (loaded.number, loaded.sha256, loaded.notes)
    assert saved.sha256 == hashlib.sha256((store.path(1) / "model.json").read_bytes()).hexdigest()


def test_a_version_lies_there_as_the_codec_wrote_it(store, classifier):
    store.save(classifier, {"seed": 1})
    found = {path.name: path.read_bytes() for path in store.path(1).iterdir()}
    assert found.items() >= encode(classifier, {"seed": 1}).items()
    assert stat.S_IMODE(store.path(1).stat().st_mode) == 0o755


def test_a_version_is_described_by_its_number(store, classifier):
    store.save(classifier, {"seed": 1})
    assert store.describe(1)["notes"] == {"seed": 1}
    assert store.describe(1)["sizes"] == [13, 8, 5, 3]


def test_nothing_is_champion_until_a_version_is_promoted(store, classifier, another):
    store.save(classifier, {})
    store.save(another, {})
    assert store.champion() is None
    store.promote(2)
    assert store.champion() == 2
    assert bits(store.load().classifier) == bits(another)


def test_an_older_version_can_be_promoted_again(store, classifier, another):
    store.save(classifier, {})
    store.save(another, {})
    for number in (2, 1, 1):
        store.promote(number)
        assert (store.champion(), store.load().number) == (number, number)
    assert leftovers(store) == []


def test_saving_does_not_change_the_champion(store, classifier, another):
    store.save(classifier, {})
    store.promote(1)
    store.save(another, {})
    assert store.champion() == 1


def test_a_version_is_never_rewritten(store, classifier, another):
    store.save(classifier, {})
    before = state(store.path(1))
    for number in (2, 3):
        store.save(another, {})
        store.promote(number)
        store.promote(1)
        store.load()
    assert state(store.path(1)) == before


@pytest.mark.parametrize("stray", ["0002", "0007"])
def test_a_number_is_not_taken_from_a_folder_that_holds_something(store, classifier, stray):
    kept = store.path(1).with_name(stray) / "kept"
    kept.parent.mkdir(parents=True)
    kept.write_text("somebody's", encoding="utf-8")
    assert store.save(classifier, {}).number == int(stray) + 1
    assert kept.read_text(encoding="utf-8") == "somebody's"


@pytest.mark.parametrize("stray", ["0009", "7", "notes", ".staging-abc"])
def test_what_is_no_version_is_not_counted_as_one(store, classifier, stray):
    store.save(classifier, {})
    (store.folder / stray).mkdir() if stray == "7" else (store.folder / stray).touch()
    assert store.versions() == [1]


def test_saves_of_several_processes_lose_none(store, classifier):
    context = multiprocessing.get_context("spawn")
    barrier = context.Barrier(PROCESSES)  # without it the first process is done before the others are up
    with ProcessPoolExecutor(PROCESSES, context, barrier.wait, (600,)) as pool:
        jobs = [pool.submit(store.save, classifier, {"job": job}) for job in range(PROCESSES * SAVES)]
        numbers = [job.result(600).number for job in jobs]
    assert sorted(numbers) == store.versions() == list(range(1, PROCESSES * SAVES + 1))
    assert [store.load(number).notes["job"] for number in numbers] == list(range(PROCESSES * SAVES))
    assert (leftovers(store), verify(store)) == ([], [])


def test_without_a_champion_the_way_out_is_named(store, classifier):
    with pytest.raises(ModelError, match=r"no model yet; found no champion in .*wine; run `wine-labels train FILE`"):
        store.load()
    store.save(classifier, {})
    with pytest.raises(ModelError, match=r"version 1, which was not promoted, in .*`wine-labels models promote 1`"):
        store.load()


def test_an_unknown_version_is_refused_with_those_there_are(store, classifier, another):
    with pytest.raises(ModelError, match="no version 1; found none in"):
        store.load(1)
    store.save(classifier, {})
    store.save(another, {})
    for ask in (store.load, store.promote, store.describe):
        with pytest.raises(ModelError, match=r"no version 7; found 1, 2 in .*; see `wine-labels models list`"):
            ask(7)


@pytest.mark.parametrize("name", ["weights.npz", "model.json"])
def test_a_missing_file_is_refused_by_name_with_those_there_are(store, classifier, name):
    store.save(classifier, {})
    (store.path(1) / name).unlink()
    (left,) = (path.name for path in store.path(1).iterdir())
    with pytest.raises(ModelError, match=re.escape(f"version 1: {name} is missing; found {left}; restore it")):
        store.load(1)


def test_describing_a_version_without_model_json_is_refused_too(store, classifier):
    store.save(classifier, {})
    (store.path(1) / "model.json").unlink()
    with pytest.raises(ModelError, match=r"model\.json is missing"):
        store.describe(1)


def test_a_file_that_was_kept_with_the_version_and_is_gone_is_refused(store, classifier):
    store.save(classifier, {}, {"card.md": b"# Version 1"})
    (store.path(1) / "card.md").unlink()
    with pytest.raises(ModelError, match=r"^card.md: .*found no such file"):
        store.load(1)


DAMAGE = {
    "a flipped bit": lambda content: content[:700] + bytes([content[700] ^ 1]) + content[701:],
    "a byte more": lambda content: content + b"\n",
    "a byte less": lambda content: content[:-1],
    "nothing left": lambda content: b"",
    "no zip any more": lambda content: b"<html>404</html>",
}


@pytest.mark.parametrize("damage", DAMAGE.values(), ids=DAMAGE)
def test_damaged_weights_are_refused_before_they_are_parsed(store, classifier, damage):
    store.save(classifier, {})
    weights = store.path(1) / "weights.npz"
    weights.write_bytes(damage(weights.read_bytes()))
    with pytest.raises(
        ModelError, match=r"^weights.npz: not the file that was saved; expected sha256 .*, found .*restore"
    ):
        store.load(1)


def test_weights_of_another_version_are_refused(store, classifier, another):
    store.save(classifier, {})
    store.save(another, {})
    (store.path(1) / "weights.npz").write_bytes((store.path(2) / "weights.npz").read_bytes())
    with pytest.raises(ModelError, match=r"^weights\.npz: not the file that was saved"):
        store.load(1)


@pytest.mark.parametrize(("was", "becomes"), [(b'"barolo"', b'"barola"'), (b'"feature 1"', b'"feature 0"')])
def test_a_name_changed_in_model_json_is_refused(store, classifier, was, becomes):
    store.save(classifier, {})
    path = store.path(1) / "model.json"
    path.write_bytes(path.read_bytes().replace(was, becomes, 1))
    with pytest.raises(ModelError, match=r"model\.json"):
        store.load(1)


def test_a_damaged_version_is_not_promoted_and_the_champion_stays(store, classifier, another):
    store.save(classifier, {})
    store.save(another, {})
    store.promote(1)
    (store.path(2) / "weights.npz").write_bytes(b"")
    with pytest.raises(ModelError, match=r"^weights.npz: not the file"):
        store.promote(2)
    assert store.champion() == 1


@pytest.mark.parametrize("text", [b"", b"latest", b"0007\n", b"-1", b"1.0", b"\xff\xfe1"])
def test_a_champion_that_names_no_version_is_refused(store, classifier, text):
    store.save(classifier, {})
    (store.folder / "champion").write_bytes(text)
    with pytest.raises(ModelError, match=r"champion: names no version; found .*promote N"):
        store.load()


def test_what_could_not_be_loaded_is_not_saved(store, classifier):
    hostile = replace(classifier, standardizer=Standardizer(np.full(13, np.nan), np.ones(13)))
    with pytest.raises(ModelError, match=r"^mean: expected finite numbers"):
        store.save(hostile, {})
    assert store.versions() == []
    assert not store.folder.exists()


def test_a_save_that_runs_out_of_room_leaves_nothing_behind(store, classifier):
    store.save(classifier, {})
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, hard))
    try:
        with pytest.raises(OSError, match="too large"):
            store.save(classifier, {})
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert folders(store) == ["0001"]


EXTRA = {"training.parquet": bytes(range(256)), "card.md": "# È una versione\n".encode()}


def test_extra_files_lie_in_the_folder_and_come_back_with_the_version(store, classifier):
    store.save(classifier, {}, EXTRA)
    assert {name: (store.path(1) / name).read_bytes() for name in EXTRA} == EXTRA == store.load(1).files
    assert store.describe(1)["files"]["card.md"] == hashlib.sha256(EXTRA["card.md"]).hexdigest()


@pytest.mark.parametrize("name", EXTRA)
def test_a_changed_extra_file_is_refused_by_name(store, classifier, name):
    store.save(classifier, {}, EXTRA)
    (store.path(1) / name).write_bytes(EXTRA[name] + b" ")
    with pytest.raises(ModelError, match=rf"^{name}: not the file that was saved"):
        store.load(1)


@pytest.mark.parametrize(
    "name", ["", ".", "..", "../a", "a/b", "/a", "a/", ".hidden", "model.json", "weights.npz", "a\0"]
)
def test_an_extra_file_of_an_impossible_name_is_not_saved(store, classifier, name):
    with pytest.raises(ModelError, match="not a name for a file of a version"):
        store.save(classifier, {}, {name: b""})
    assert not store.folder.exists()


def test_what_is_done_to_versions_is_in_the_history(store, classifier):
    for reason in ("none before", "better"):
        store.promote(store.save(classifier, {}).number, reason, {"accuracy": 0.98})
    store.refuse(1, "worse", {"accuracy": 0.5})
    store.rollback("a bad night")
    found = [(entry["event"], entry["version"], entry["reason"], entry["figures"]) for entry in store.history()]
    assert found[:2] == [("registered", 1, "", {}), ("promoted", 1, "none before", {"accuracy": 0.98})]
    assert found[4:] == [("refused", 1, "worse", {"accuracy": 0.5}), ("rolled back", 1, "a bad night", {})]
    assert all(entry["sha256"] == store.load(entry["version"]).sha256 for entry in store.history())


def test_a_promotion_without_a_reason_is_by_hand(store, classifier):
    store.save(classifier, {})
    store.promote(1)
    assert store.history()[-1]["reason"] == "by hand"


def test_a_promotion_with_impossible_figures_changes_nothing(store, classifier):
    store.save(classifier, {})
    with pytest.raises(ModelError, match="figures are finite numbers"):
        store.promote(1, "better", {"accuracy": float("nan")})
    assert (store.champion(), len(store.history()), verify(store)) == (None, 1, [])


def test_a_refusal_leaves_the_champion(store, classifier):
    store.save(classifier, {})
    store.save(classifier, {})
    store.promote(1)
    store.refuse(2, "worse")
    assert (store.champion(), verify(store)) == (1, [])


def test_rolling_back_goes_back_a_champion_at_a_time(store, classifier):
    for _ in range(3):
        store.promote(store.save(classifier, {}).number)
    assert [(store.rollback(), store.champion()) for _ in range(2)] == [(2, 2), (1, 1)]
    with pytest.raises(ModelError, match=r"no champion to go back to; found none before version 1 .*promote N"):
        store.rollback()
    assert (store.champion(), verify(store)) == (1, [])


def test_without_a_champion_there_is_no_rolling_back(store, classifier):
    with pytest.raises(ModelError, match="no model yet"):
        store.rollback()
    assert not store.folder.exists()


def test_a_model_json_that_was_replaced_and_sealed_again_is_refused(store, classifier, another):
    store.save(classifier, {})
    for name, content in encode(another, {}).items():
        (store.path(1) / name).write_bytes(content)
    match = (
        r"^version 1: model\.json is not the one in history\.jsonl; expected sha256 \w{12}, found \w{12}; restore it"
    )
    with pytest.raises(ModelError, match=match):
        store.load(1)
    assert re.search(match, verify(store)[0])


def test_a_version_the_history_does_not_name_is_refused(store, classifier):
    store.save(classifier, {})
    shutil.copytree(store.path(1), store.path(2))
    for use in (store.load, store.promote, store.refuse):
        with pytest.raises(ModelError, match=r"^version 2: not registered; found no line of history\.jsonl"):
            use(2, *["a reason"] * (use != store.load))
    assert len(verify(store)) == 1


def test_a_number_is_not_given_twice(store, classifier):
    store.save(classifier, {})
    store.save(classifier, {})
    shutil.rmtree(store.path(2))
    assert store.save(classifier, {}).number == 3
    assert verify(store) == ["version 2: model.json is missing; found nothing; restore it"]


def test_a_save_removes_what_was_staged_more_than_an_hour_ago(store, classifier):
    store.save(classifier, {})
    old, young = (store.folder / f".staging-{age}" for age in ("old", "young"))
    for path, age in ((old, 3700), (young, 3500)):
        path.mkdir()
        os.utime(path, (time.time() - age,) * 2)
    store.save(classifier, {})
    assert leftovers(store) == [".staging-young"]


STORY = """
import os, pathlib, pickle, shutil, signal, sys
from models.store import ModelStore
from models.verification import verify

folder, classifier = pathlib.Path(sys.argv[1]), pickle.loads(sys.stdin.buffer.read())

# What a killed process wrote is there for the others without it, and it is what takes time.
os.fsync = lambda handle: sys.audit("os.fsync")

def begin(at):
    store = ModelStore(folder / str(at))
    store.promote(store.save(classifier, {}).number)
    return store

def doom(at):
    left = iter(range(at - 1))
    kill, pid = os.kill, os.getpid()

    def count(event, arguments):
        if event.startswith(("os.", "open", "fcntl.")) and event != "os.kill" and next(left, None) is None:
            kill(pid, signal.SIGKILL)

    sys.addaudithook(count)

def act(store):
    store.save(classifier, {}, {"card.md": b"card"})
    store.promote(2)
    store.rollback("bad")
    os._exit(0)

at, killed = 0, True
while killed:
    at += 1
    store = begin(at)
    pid = os.fork()
    if not pid:
        doom(at)
        act(store)
    killed = os.WIFSIGNALED(os.waitpid(pid, 0)[1])
    assert verify(store) == [], (at, verify(store))
    assert store.load().number in (1, 2), at
    store.promote(store.save(classifier, {}).number)
    assert verify(store) == [], (at, verify(store))
    assert store.versions() == list(range(1, len(store.versions()) + 1)), at
    assert not {".next-version", ".next-champion"} & {*os.listdir(store.folder)}, at
    shutil.rmtree(store.folder)
print(at)
"""


def test_a_kill_at_any_operation_leaves_a_store_that_loads_verifies_and_goes_on(tmp_path, classifier):
    done = subprocess.run(
        [sys.executable, "-c", STORY, tmp_path], input=pickle.dumps(classifier), capture_output=True, check=False
    )
    assert done.stderr.decode() == ""
    assert int(done.stdout) > 50


def test_what_a_kill_left_undone_is_done_when_the_store_is_settled(store, classifier):
    store.settle()
    assert not store.folder.exists()
    for _ in range(2):
        store.promote(store.save(classifier, {}).number)
    (store.folder / "champion").rename(store.folder / ".next-champion")
    (store.folder / "champion").write_text("0001\n")
    store.settle()
    assert (store.champion(), leftovers(store)) == (2, [])


def test_a_version_is_decided_once_it_was_promoted_or_refused(store, classifier):
    for _ in range(3):
        store.save(classifier, {})
    store.promote(1)
    store.refuse(2, "worse")
    assert [store.decided(number) for number in (1, 2, 3)] == [True, True, False]


def test_importing_the_store_imports_neither_pandas_nor_prefect():
    heavy = {"pandas", "pyarrow", "pandera", "prefect"}
    code = f"import sys, models.store; sys.exit(', '.join({heavy} & {{*sys.modules}}) or 0)"
    subprocess.run([sys.executable, "-c", code], check=True, env=os.environ | {"PYTHONWARNINGS": "error"})
