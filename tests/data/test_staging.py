from __future__ import annotations

import pytest

from data.staging import Stage, sweep


def interrupt(stage, *targets):
    with stage:
        for target in targets:
            stage.file(target).write_text("half")
        raise KeyboardInterrupt


def test_what_is_staged_appears_under_its_target_once_published(tmp_path):
    with Stage(tmp_path / ".staging", "a") as stage:
        stage.file(tmp_path / "labels" / "a.parquet").write_text("labels")
        stage.file(tmp_path / "rejects" / "a.parquet").write_text("rejects")
        stage.publish()
    assert (tmp_path / "labels" / "a.parquet").read_text() == "labels"
    assert (tmp_path / "rejects" / "a.parquet").read_text() == "rejects"


def test_nothing_appears_before_publish(tmp_path):
    with Stage(tmp_path / ".staging", "a") as stage:
        stage.file(tmp_path / "labels" / "a.parquet").write_text("labels")
    assert not (tmp_path / "labels").exists()


def test_no_staging_stays_behind_when_published(tmp_path):
    with Stage(tmp_path / ".staging", "a") as stage:
        stage.file(tmp_path / "a").write_text("a")
        stage.publish()
    assert list((tmp_path / ".staging").iterdir()) == []


def test_no_staging_and_no_target_stay_behind_on_an_error(tmp_path):
    with pytest.raises(KeyboardInterrupt):
        interrupt(Stage(tmp_path / ".staging", "a"), tmp_path / "a", tmp_path / "b")
    assert [path.name for path in tmp_path.rglob("*")] == [".staging"]


def test_the_old_file_stays_whole_when_writing_fails(tmp_path):
    (tmp_path / "a").write_text("old and whole")
    with pytest.raises(KeyboardInterrupt):
        interrupt(Stage(tmp_path / ".staging", "a"), tmp_path / "a")
    assert (tmp_path / "a").read_text() == "old and whole"


def test_a_published_file_replaces_the_old_one(tmp_path):
    (tmp_path / "a").write_text("old")
    with Stage(tmp_path / ".staging", "a") as stage:
        stage.file(tmp_path / "a").write_text("new")
        stage.publish()
    assert (tmp_path / "a").read_text() == "new"


def test_a_reader_of_the_old_file_keeps_reading_the_old_file(tmp_path):
    (tmp_path / "a").write_text("old")
    with (tmp_path / "a").open() as reader, Stage(tmp_path / ".staging", "a") as stage:
        stage.file(tmp_path / "a").write_text("new")
        stage.publish()
        assert reader.read() == "old"


def test_a_file_that_was_never_written_keeps_all_others_back(tmp_path):
    with Stage(tmp_path / ".staging", "a") as stage:
        stage.file(tmp_path / "a").write_text("a")
        stage.file(tmp_path / "b")
        with pytest.raises(FileNotFoundError):
            stage.publish()
    assert [path.name for path in tmp_path.rglob("*")] == [".staging"]


def test_a_folder_that_cannot_be_made_keeps_all_others_back(tmp_path):
    (tmp_path / "labels").write_text("a file where a folder is expected")
    with Stage(tmp_path / ".staging", "a") as stage:
        stage.file(tmp_path / "rejects" / "a").write_text("a")
        stage.file(tmp_path / "labels" / "a").write_text("a")
        with pytest.raises(FileExistsError):
            stage.publish()
    assert not (tmp_path / "rejects" / "a").exists()


def test_two_targets_of_one_name_do_not_meet_in_staging(tmp_path):
    with Stage(tmp_path / ".staging", "a") as stage:
        for name in ("x", "y"):
            stage.file(tmp_path / name / "same.parquet").write_text(name)
        stage.publish()
    assert [(tmp_path / name / "same.parquet").read_text() for name in "xy"] == ["x", "y"]


def test_two_stages_at_once_do_not_disturb_each_other(tmp_path):
    with Stage(tmp_path / ".staging", "a") as first, Stage(tmp_path / ".staging", "b") as second:
        first.file(tmp_path / "a").write_text("first")
        second.file(tmp_path / "b").write_text("second")
        second.publish()
        first.publish()
    assert [(tmp_path / name).read_text() for name in "ab"] == ["first", "second"]


def test_a_stage_is_for_one_at_a_time(tmp_path):
    def give_up():
        raise InterruptedError

    with Stage(tmp_path / ".staging", "a"), pytest.raises(InterruptedError):
        Stage(tmp_path / ".staging", "a", waiting=give_up).__enter__()


def test_what_killed_processes_left_is_removed_and_what_others_are_at_is_not(tmp_path):
    stages = tmp_path / ".staging"
    (stages / "killed").mkdir(parents=True)
    (stages / "killed" / "0-labels").touch()
    (stages / "killed.lock").touch()
    with Stage(stages, "alive") as alive:
        alive.file(tmp_path / "a").write_text("half")
        sweep(stages)
        assert sorted(path.name for path in stages.iterdir()) == ["alive", "alive.lock"]


def test_a_second_file_for_a_target_gives_the_first_up(tmp_path):
    target = tmp_path / "labels.parquet"
    with Stage(tmp_path / "stages", "a") as stage:
        torn, whole = stage.file(target), stage.file(target)
        torn.write_bytes(b"torn")
        whole.write_bytes(b"whole")
        stage.publish()
        assert torn.read_bytes() == b"torn"  # never moved, not even for a moment
        assert target.read_bytes() == b"whole"
