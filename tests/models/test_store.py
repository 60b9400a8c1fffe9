import hashlib
import json
import multiprocessing
import os
import re
import resource
import stat
import subprocess
import sys
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace

import numpy as np
import pytest

from models.codec import ModelError, encode, seal
from models.store import ModelStore
from nn.encoding import Standardizer

PROCESSES, SAVES = 4, 5


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
    for number, due in ((1, classifier), (2, another)):
        found = store.load(number)
        assert (found.number, found.notes) == (number, {"seed": number})
        assert bits(found.classifier) == bits(due)


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
    with ProcessPoolExecutor(PROCESSES, context, barrier.wait, (60,)) as pool:
        jobs = [pool.submit(store.save, classifier, {"job": job}) for job in range(PROCESSES * SAVES)]
        numbers = [job.result(60).number for job in jobs]
    assert sorted(numbers) == store.versions() == list(range(1, PROCESSES * SAVES + 1))
    assert [store.load(number).notes["job"] for number in numbers] == list(range(PROCESSES * SAVES))
    assert leftovers(store) == []


def test_without_a_champion_the_way_out_is_told(store, classifier):
    store.save(classifier, {})
    with pytest.raises(ModelError, match=r"no model yet; found no champion in .*wine; run `wine-labels train`"):
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
    store.save(classifier, {})
    described = json.loads((store.path(1) / "model.json").read_bytes())
    del described["sha256"]
    described["files"]["card.md"] = "0" * 64
    (store.path(1) / "model.json").write_bytes(seal(described))
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
    with pytest.raises(ModelError, match=r"^weights.npz: not the file that was saved; sha256 .* due, found .*restore"):
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
    with pytest.raises(ModelError, match=r"^mean: finite numbers due"):
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


def test_importing_the_store_imports_neither_pandas_nor_prefect():
    heavy = {"pandas", "pyarrow", "pandera", "prefect"}
    code = f"import sys, models.store; sys.exit(', '.join({heavy} & {{*sys.modules}}) or 0)"
    subprocess.run([sys.executable, "-c", code], check=True, env=os.environ | {"PYTHONWARNINGS": "error"})
