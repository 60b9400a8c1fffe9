from __future__ import annotations

import os
import tempfile
from contextlib import ExitStack
from errno import EIO
from pathlib import Path

import pytest

from data.staging import Stage, sweep


def interrupt(stage, *targets):
    with stage:
        for target in targets:
            stage.file(target).write_text("half")
        raise KeyboardInterrupt


def test_what_is_staged_appears_under_its_target_once_published(tmp_path):
    with Stage(tmp_path / ".staging", "batch", "a") as stage:
        stage.file(tmp_path / "labels" / "a.parquet").write_text("labels")
        stage.file(tmp_path / "rejects" / "a.parquet").write_text("rejects")
        stage.publish()
    assert (tmp_path / "labels" / "a.parquet").read_text() == "labels"
    assert (tmp_path / "rejects" / "a.parquet").read_text() == "rejects"


def test_nothing_appears_before_publish(tmp_path):
    with Stage(tmp_path / ".staging", "batch", "a") as stage:
        stage.file(tmp_path / "labels" / "a.parquet").write_text("labels")
    assert not (tmp_path / "labels").exists()


def test_no_staging_stays_behind_when_published(tmp_path):
    with Stage(tmp_path / ".staging", "batch", "a") as stage:
        stage.file(tmp_path / "a").write_text("a")
        stage.publish()
    assert list((tmp_path / ".staging").iterdir()) == []


def test_no_staging_and_no_target_stay_behind_on_an_error(tmp_path):
    with pytest.raises(KeyboardInterrupt):
        interrupt(Stage(tmp_path / ".staging", "batch", "a"), tmp_path / "a", tmp_path / "b")
    assert [path.name for path in tmp_path.rglob("*")] == [".staging"]


def test_the_old_file_stays_whole_when_writing_fails(tmp_path):
    (tmp_path / "a").write_text("old and whole")
    with pytest.raises(KeyboardInterrupt):
        interrupt(Stage(tmp_path / ".staging", "batch", "a"), tmp_path / "a")
    assert (tmp_path / "a").read_text() == "old and whole"


def test_a_published_file_replaces_the_old_one(tmp_path):
    (tmp_path / "a").write_text("old")
    with Stage(tmp_path / ".staging", "batch", "a") as stage:
        stage.file(tmp_path / "a").write_text("new")
        stage.publish()
    assert (tmp_path / "a").read_text() == "new"


def test_a_reader_of_the_old_file_keeps_reading_the_old_file(tmp_path):
    (tmp_path / "a").write_text("old")
    with (tmp_path / "a").open() as reader, Stage(tmp_path / ".staging", "batch", "a") as stage:
        stage.file(tmp_path / "a").write_text("new")
        stage.publish()
        assert reader.read() == "old"


def test_a_file_that_was_never_written_keeps_all_others_back(tmp_path):
    with Stage(tmp_path / ".staging", "batch", "a") as stage:
        stage.file(tmp_path / "a").write_text("a")
        stage.file(tmp_path / "b")
        with pytest.raises(FileNotFoundError):
            stage.publish()
    assert [path.name for path in tmp_path.rglob("*")] == [".staging"]


def test_a_folder_that_cannot_be_made_keeps_all_others_back(tmp_path):
    (tmp_path / "labels").write_text("a file where a folder is expected")
    with Stage(tmp_path / ".staging", "batch", "a") as stage:
        stage.file(tmp_path / "rejects" / "a").write_text("a")
        stage.file(tmp_path / "labels" / "a").write_text("a")
        with pytest.raises(FileExistsError):
            stage.publish()
    assert not (tmp_path / "rejects" / "a").exists()


def published_beside(folder, trouble):
    """Publish two files whose second one meets this trouble, and what then stands in the folder of the first."""
    (folder / "rejects").mkdir()
    (folder / "rejects" / "old").write_text("old")
    with Stage(folder / ".staging", "batch", "a") as stage:
        for target in (folder / "rejects" / "old", folder / "rejects" / "new", folder / "labels" / "a"):
            stage.file(target).write_text("new")
        trouble(stage)
        with pytest.raises(OSError) as caught:  # noqa: PT011  its words are looked at
            stage.publish()
    return str(caught.value), {path.name: path.read_text() for path in (folder / "rejects").iterdir()}


def test_a_folder_that_is_read_only_keeps_all_others_back(tmp_path, monkeypatch):
    monkeypatch.setattr(os, "access", lambda path, _: path.name != "labels")
    words, found = published_beside(tmp_path, lambda _: None)
    assert "labels: cannot be written to; found it read-only for this user; correct" in words
    assert found == {"old": "old"}


@pytest.mark.skipif(not os.access("/dev/shm", os.W_OK), reason="needs a second file system")
def test_a_folder_on_another_file_system_keeps_all_others_back(tmp_path):
    with tempfile.TemporaryDirectory(dir="/dev/shm") as elsewhere:
        (tmp_path / "labels").symlink_to(elsewhere)
        words, found = published_beside(tmp_path, lambda _: None)
        assert "labels: cannot be written to; found it on another file system than" in words
        assert (found, list(Path(elsewhere).iterdir())) == ({"old": "old"}, [])


def test_a_folder_in_the_place_of_a_file_keeps_all_others_back(tmp_path):
    words, found = published_beside(tmp_path, lambda _: (tmp_path / "labels" / "a").mkdir(parents=True))
    assert "a: cannot be written; found a folder where a file is to be; move it away" in words
    assert found == {"old": "old"}


@pytest.mark.parametrize("links", [True, False], ids=["links", "copies"])
def test_where_a_later_file_cannot_be_moved_those_before_are_put_back(tmp_path, monkeypatch, links):
    replace = Path.replace

    def refuse(path, target):
        if target.name == "a":
            raise OSError(EIO, "Input/output error", str(target))
        return replace(path, target)

    def no_links(*_, **__):
        raise PermissionError

    monkeypatch.setattr(Path, "replace", refuse)
    if not links:
        monkeypatch.setattr(os, "link", no_links)
    words, found = published_beside(tmp_path, lambda _: None)
    assert "Input/output error" in words
    assert found == {"old": "old"}


def test_two_targets_of_one_name_do_not_meet_in_staging(tmp_path):
    with Stage(tmp_path / ".staging", "batch", "a") as stage:
        for name in ("x", "y"):
            stage.file(tmp_path / name / "same.parquet").write_text(name)
        stage.publish()
    assert [(tmp_path / name / "same.parquet").read_text() for name in "xy"] == ["x", "y"]


def test_two_stages_at_once_do_not_disturb_each_other(tmp_path):
    with Stage(tmp_path / ".staging", "batch", "a") as first, Stage(tmp_path / ".staging", "batch", "b") as second:
        first.file(tmp_path / "a").write_text("first")
        second.file(tmp_path / "b").write_text("second")
        second.publish()
        first.publish()
    assert [(tmp_path / name).read_text() for name in "ab"] == ["first", "second"]


def test_a_stage_is_for_one_at_a_time(tmp_path):
    def give_up():
        raise InterruptedError

    with Stage(tmp_path / ".staging", "batch", "a"), pytest.raises(InterruptedError):
        Stage(tmp_path / ".staging", "batch", "a", waiting=give_up).__enter__()


def test_what_killed_processes_left_is_removed_and_what_others_are_at_is_not(tmp_path):
    stages = tmp_path / ".staging"
    (stages / "killed").mkdir(parents=True)
    (stages / "killed" / "0-labels").touch()
    (stages / "killed.lock").touch()
    with Stage(stages, "batch", "alive") as alive:
        alive.file(tmp_path / "a").write_text("half")
        sweep(stages)
        assert sorted(stages.iterdir()) == [alive.room(), alive.room().with_name(f"{alive.room().name}.lock")]


def test_a_second_file_for_a_target_gives_the_first_up(tmp_path):
    target = tmp_path / "labels.parquet"
    with Stage(tmp_path / "stages", "batch", "a") as stage:
        torn, whole = stage.file(target), stage.file(target)
        torn.write_bytes(b"torn")
        whole.write_bytes(b"whole")
        stage.publish()
        assert torn.read_bytes() == b"torn"  # never moved, not even for a moment
        assert target.read_bytes() == b"whole"


NAMES = ("big", "big.lock", "big.lock.lock", "batch-big", "../up", "\udcff", "é" * 200)


def test_no_stage_meets_another_or_its_lock_whatever_it_is_called(tmp_path):
    kinds = ("batch", "page", "refusal")
    with ExitStack() as stack:
        open_ = [stack.enter_context(Stage(tmp_path, kind, name)).room() for kind in kinds for name in NAMES]
        assert len(set(open_)) == len(kinds) * len(NAMES)
        assert len(list(tmp_path.iterdir())) == 2 * len(open_)


@pytest.mark.parametrize("left", [("big.lock",), ("big.lock", "big.lock.lock"), ("big", "big.lock.lock")])
def test_what_earlier_releases_left_in_the_place_of_a_lock_is_removed(tmp_path, left):
    for name in left:
        (tmp_path / name).mkdir()
        (tmp_path / name / "0-.parquet").touch()
    with Stage(tmp_path, "batch", "big"):
        pass
    assert list(tmp_path.iterdir()) == []
