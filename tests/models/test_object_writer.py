"""A store on object storage: what is promised of one on a disk, without a lock, over answers that are lost."""

from concurrent.futures import ThreadPoolExecutor
from errno import EACCES, EIO
from itertools import count

import pytest

from data.errors import ObjectError
from data.object_path import ObjectPath
from models import object_writer
from models.codec import encode
from models.entries import registered
from models.errors import ModelError
from models.layout import pointer_to, sequence_in
from models.pruning import prune
from models.store import ModelStore
from models.verification import verify
from object_stores import DroppingProxy

EXTRA = {"card.md": b"# A version"}
WRITERS = 4


@pytest.fixture
def store(object_store):
    return ModelStore(ObjectPath.at(f"{object_store.address}/home/models/wine"))


@pytest.fixture
def aged(monkeypatch):
    """As if so many seconds ago were more than a day ago."""
    return lambda: monkeypatch.setattr(object_writer, "OLD", -10.0)


def events(store):
    return [(entry["event"], entry["version"]) for entry in store.history()]


def names(folder):
    return [path.name for path in folder.iterdir()]


def test_versions_are_numbered_and_loaded_as_they_were_saved(store, classifier, another):
    assert [store.save(each, {"at": at}, EXTRA).number for at, each in enumerate((classifier, another))] == [1, 2]
    loaded = store.load(2)
    assert (store.versions(), loaded.notes, loaded.files) == ([1, 2], {"at": 1}, EXTRA)
    assert loaded.classifier.network.weights[0].tobytes() == another.network.weights[0].tobytes()
    assert (names(store.folder / ".claims"), verify(store)) == ([], [])


def test_the_champion_is_the_one_of_the_history_and_its_file_says_by_which_line(store, classifier):
    for _ in range(2):
        store.promote(store.save(classifier, {}).number)
    store.refuse(1, "worse")
    assert (store.champion(), (store.folder / "champion").read_bytes()) == (2, b"0002 4\n")
    assert (store.rollback(), store.champion(), store.load().number) == (1, 1, 1)
    assert (store.folder / "champion").read_bytes() == b"0001 6\n"
    assert verify(store) == []


def test_what_is_pruned_is_gone_and_its_number_is_not_given_again(store, classifier):
    for _ in range(3):
        store.promote(store.save(classifier, {}).number)
    assert prune(store, 1) == [1, 2]
    assert (store.versions(), store.path(1).is_dir(), verify(store)) == ([3], False, [])
    with pytest.raises(ModelError, match="version 1 was pruned"):
        store.load(1)
    assert store.save(classifier, {}).number == 4


def test_what_a_killed_pruning_left_is_removed_by_the_next_who_writes(store, classifier):
    for _ in range(2):
        store.promote(store.save(classifier, {}).number)
    prune(store, 1)
    for name, content in encode(classifier, {}).items():
        (store.path(1) / name).create(content)
    assert verify(store) == []
    store.refuse(2, "worse")
    assert not store.path(1).is_dir()


def test_over_lost_answers_nothing_is_lost_and_nothing_doubled(store, object_store, classifier, monkeypatch):
    with DroppingProxy(object_store.endpoint) as proxy, monkeypatch.context() as environment:
        environment.setenv("AWS_ENDPOINT_URL", proxy.endpoint)
        for number in (1, 2, 3):
            assert store.save(classifier, {"number": number}, EXTRA).number == number
            store.promote(number)
        store.rollback()
    lost = {target.split()[1].rpartition("/")[2] for target in proxy.lost}
    assert {"history.jsonl"} <= lost
    assert events(store)[-2:] == [("promoted", 3), ("rolled back", 2)]
    assert (len(store.history()), store.versions(), store.champion(), verify(store)) == (7, [1, 2, 3], 2, [])


def test_of_writers_at_once_none_is_lost_and_no_number_given_twice(store, classifier):
    def write(job):
        number = ModelStore(store.folder).save(classifier, {"job": job}).number
        ModelStore(store.folder).promote(number)
        return number

    with ThreadPoolExecutor(WRITERS) as pool:
        numbers = list(pool.map(write, range(2 * WRITERS)))
    assert sorted(numbers) == store.versions() == list(range(1, 2 * WRITERS + 1))
    assert [store.load(number).notes["job"] for number in numbers] == list(range(2 * WRITERS))
    assert sorted(events(store)) == sorted((event, at) for event in ("promoted", "registered") for at in numbers)
    assert sequence_in((store.folder / "champion").read_bytes()) == max(
        line for line, (event, _) in enumerate(events(store), start=1) if event == "promoted"
    )
    assert verify(store) == []


def test_a_version_that_another_is_saving_is_not_taken_for_one_of_a_store_without_a_history(store, classifier):
    """Of eight who began a store at once, the first to write the history once registered what others were at."""
    store.writer._claim(1).create(b"another's\n")
    for name, content in encode(classifier, {"by": "another"}).items():
        (store.path(1) / name).create(content)
    assert store.save(classifier, {}).number == 2
    assert (events(store), store.versions(), verify(store)) == ([("registered", 2)], [2], [])


def test_what_lies_in_a_store_that_was_copied_without_its_history_is_registered(store, classifier):
    store.promote(store.save(classifier, {}).number)
    (store.folder / "history.jsonl").unlink()
    (store.folder / "champion").unlink()
    (store.folder / "champion").create(b"0001\n")
    assert store.save(classifier, {}).number == 2
    assert events(store) == [("registered", 1), ("promoted", 1), ("registered", 2)]


def test_files_of_an_unfinished_version_make_a_save_take_the_next_number(store, classifier, another):
    def come_between():
        (store.path(1) / "model.json").create(encode(another, {})["model.json"])

    claim = store.writer._claimed
    store.writer._claimed = lambda nonce: (come_between() or number for number in claim(nonce))
    assert store.save(classifier, {}).number == 2
    assert (store.versions(), verify(store)) == ([2], [])


def test_what_a_killed_save_left_is_let_alone_for_a_day_and_then_removed(store, classifier, aged):
    store.writer._claim(1).create(b"killed\n")
    (store.path(1) / "weights.npz").create(b"half")
    assert store.save(classifier, {}).number == 2
    assert (store.versions(), verify(store)) == ([2], [])
    assert store.path(1).is_dir()
    aged()
    assert verify(store) == ["0001: left by a killed process; the next save removes it"]
    store.writer._sweep()
    assert (store.path(1).is_dir(), names(store.folder / ".claims"), verify(store)) == (False, [], [])


def test_the_claim_of_a_version_that_was_registered_goes_and_the_version_stays(store, classifier, aged):
    store.save(classifier, {})
    store.writer._claim(1).create(b"killed after it was registered\n")
    aged()
    store.writer._sweep()
    assert (store.load(1).number, names(store.folder / ".claims"), verify(store)) == (1, [], [])


def test_of_two_who_sweep_only_one_removes_and_the_other_leaves_what_is_saved_there_next(store, classifier, aged):
    """The slower of two once removed the files that a save put under the number which the faster had set free."""
    store.writer._claim(1).create(b"killed\n")
    slower = ModelStore(store.folder).writer
    aged()
    seen = slower.abandoned()
    store.writer._sweep()
    object_writer.OLD = 24 * 3600.0
    store.writer._claim(1).create(b"at work\n")
    (store.path(1) / "weights.npz").create(b"half")
    slower.abandoned = lambda: seen
    slower._sweep()
    assert (names(store.folder / ".claims"), names(store.path(1))) == (["0001"], ["weights.npz"])


def test_a_save_that_took_more_than_an_hour_gives_up(store, classifier, monkeypatch):
    store.save(classifier, {})
    hours = count(0, 3700.0)
    monkeypatch.setattr(object_writer.time, "monotonic", lambda: next(hours))
    with pytest.raises(
        ModelError, match=r"^version 2: not registered; found that .* more than an hour; save it again$"
    ):
        store.save(classifier, {})
    assert (events(store), store.versions(), verify(store)) == ([("registered", 1)], [1], [])


def test_a_save_whose_claim_was_swept_meanwhile_gives_up(store, classifier, monkeypatch):
    """A machine that slept does not know how long it was away."""
    store.save(classifier, {})
    sent = store.writer._sent
    monkeypatch.setattr(
        store.writer, "_sent", lambda number, files: sent(number, files) and not store.writer._claim(number).unlink()
    )
    with pytest.raises(ModelError, match=r"^version 2: not registered"):
        store.save(classifier, {})
    assert store.versions() == [1]


def test_a_history_that_was_cut_short_is_found(store, classifier):
    for _ in range(2):
        store.promote(store.save(classifier, {}).number)
    place = store.folder / "history.jsonl"
    content, tag = place.get()
    place.swap(b"".join(content.splitlines(keepends=True)[:-1]), tag)
    assert [each for each in verify(store) if "its line 4 is gone, of which the champion's file was made" in each]


def test_a_champions_file_never_goes_back(store, classifier):
    for _ in range(2):
        store.promote(store.save(classifier, {}).number)
    later = (store.folder / "champion").read_bytes()
    store.writer._point(1, 2)
    assert (store.folder / "champion").read_bytes() == later == pointer_to(2, 4)


def test_a_champions_file_that_a_killed_promotion_did_not_write_is_no_fault_and_follows(store, classifier):
    store.promote(store.save(classifier, {}).number)
    (store.folder / "champion").unlink()
    assert store.champion() == 1
    store.settle()
    assert ((store.folder / "champion").read_bytes(), verify(store)) == (b"0001 2\n", [])


def test_a_damaged_version_is_not_promoted(store, classifier):
    store.save(classifier, {})
    (store.path(1) / "weights.npz").unlink()
    (store.path(1) / "weights.npz").create(b"damaged")
    with pytest.raises(ModelError, match=r"^weights.npz: not the file that was saved"):
        store.promote(1)
    assert (store.champion(), registered(store.history()).keys()) == (None, {1})


def test_an_empty_folder_that_a_store_lists_is_nothing_of_it(store, classifier, request, object_store):
    store.save(classifier, {})
    kind = request.node.callspec.params["object_store"]
    storage = request.getfixturevalue(kind).storage
    for name in (".claims", "0007", "notes"):  # an object `notes/`, as consoles make one
        storage.create_dir(f"{object_store.bucket}/home/models/wine/{name}")
    assert (store.versions(), store.writer.abandoned(), verify(store)) == ([1], [], [])
    assert not store.path(7).is_dir()


def test_what_others_write_while_a_store_is_verified_is_no_fault_of_it(store, classifier, monkeypatch):
    for _ in range(2):
        store.save(classifier, {})
    look, others = store.log.verify, ModelStore(store.folder)
    todo = [lambda: others.promote(2), lambda: others.save(classifier, {}), lambda: prune(others, 1)]

    def look_while_others_write():
        if todo:
            todo.pop(0)()
        return look()

    monkeypatch.setattr(store.log, "verify", look_while_others_write)
    assert verify(store) == []
    assert (todo, verify(store)) == ([], [])


@pytest.mark.parametrize("name", ["settle", "_claim"])
def test_a_save_that_is_registered_has_succeeded_whatever_it_could_not_tidy_up(store, classifier, monkeypatch, name):
    """Told that it had failed, its caller once saved it again, and there were two."""
    act = getattr(store.writer, name)

    def fail_once_registered(*arguments):
        if store.log.exists():
            raise OSError
        return act(*arguments)

    monkeypatch.setattr(store.writer, name, fail_once_registered)
    assert store.save(classifier, {}).number == 1
    assert (store.versions(), verify(store)) == ([1], [])


def test_a_right_that_is_missing_is_said_at_once(store, classifier, monkeypatch):
    number = store.save(classifier, {}).number

    def denied(*_):
        raise ObjectError("access is denied", EACCES)

    monkeypatch.setattr(ObjectPath, "swap", denied)
    with pytest.raises(ObjectError, match="access is denied"):
        store.promote(number)


def test_where_every_answer_of_a_write_is_lost_it_is_found_or_done_again_and_never_twice(
    store, classifier, monkeypatch
):
    number, real, tries = store.save(classifier, {}).number, ObjectPath.swap, []

    def lost(path, content, tag):
        tries.append(path.name)
        done = real(path, content, tag) if len(tries) % 2 else False
        if path.name == "history.jsonl" and len(tries) < 3:
            raise ObjectError("cannot be reached", EIO)
        return done or real(path, content, tag)

    monkeypatch.setattr(ObjectPath, "swap", lost)
    store.promote(number)
    assert [entry["event"] for entry in store.history()] == ["registered", "promoted"]
    assert verify(store) == []
