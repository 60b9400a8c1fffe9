from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import threading
from functools import partial
from pathlib import Path

import pyarrow.parquet as pq
import pytest

import work
from data.errors import MovingError, PublishError, SourceError
from data.sources import Source
from flows.jobs.label import explain
from flows.jobs.label import label as label_source
from flows.state.home import Home
from models.store import ModelStore
from work import HEADER, LINES, TABLE, WINE, label, published, request, write

label_anyway = partial(label, max_rejects=1)  # what is tried here are files of few rows, most of them bad


def test_the_shipped_table_is_labelled(home, version):
    batch = label_anyway(WINE, home, version)
    assert (batch.status, batch.rows, batch.labelled, batch.rejected) == ("labelled", 178, 178, 0)
    assert batch.truth == {"1": 59, "2": 71, "3": 48}
    assert batch.accuracy > 0.97


def test_who_did_it_shows_in_the_history_alone(tmp_path, version, monkeypatch):
    written = {}
    for user in ("cellarmaster", "apprentice"):
        monkeypatch.setenv("LOGNAME", user)
        home = Home(tmp_path / user)
        store = ModelStore(home.models)
        saved = store.save(version.classifier, version.notes, version.files)
        label(WINE, home, saved)
        assert {entry["by"].partition("@")[0] for entry in store.history()} == {user}
        paths = [home.labels("wine"), home.rejects("wine"), *sorted(store.path(1).iterdir())]
        written[user] = [path.read_bytes() for path in paths]
        assert user.encode() not in home.report("wine").read_bytes()  # which says when, and so differs
    assert written["cellarmaster"] == written["apprentice"]


def test_the_same_bytes_and_model_are_unchanged_and_nothing_is_written(home, version):
    first = label_anyway(WINE, home, version)
    before = [path.stat() for path in (home.labels("wine"), home.rejects("wine"), home.report("wine"))]
    again = label_anyway(WINE, home, version)
    after = [path.stat() for path in (home.labels("wine"), home.rejects("wine"), home.report("wine"))]
    assert [(a.st_ino, a.st_mtime_ns) for a in before] == [(a.st_ino, a.st_mtime_ns) for a in after]
    assert (again.status, again.truth, again.accuracy) == ("unchanged", first.truth, first.accuracy)


def test_what_a_killed_run_left_is_removed_even_where_nothing_has_changed(home, version):
    label_anyway(WINE, home, version)
    (home.staging / "wine").mkdir()
    (home.staging / "wine.lock").touch()
    assert label_anyway(WINE, home, version).status == "unchanged"
    assert list(home.staging.iterdir()) == []


def test_unchanged_stays_unchanged_with_replace(home, version):
    label_anyway(WINE, home, version)
    assert label_anyway(WINE, home, version, replace=True).status == "unchanged"


@pytest.mark.parametrize("lost", ["rejects", "report"])
def test_a_batch_that_has_lost_a_file_is_made_whole(home, version, lost):
    label_anyway(WINE, home, version)
    getattr(home, lost)("wine").unlink()
    assert label_anyway(WINE, home, version).status == "labelled"
    assert getattr(home, lost)("wine").is_file()


def damage(path):
    content = bytearray(path.read_bytes())
    for place in range(4, len(content) // 2):
        content[place] ^= 255
    path.write_bytes(content)


@pytest.mark.parametrize("replace", [False, True])
def test_a_batch_whose_report_is_damaged_is_made_whole(home, version, replace):
    label_anyway(WINE, home, version)
    damage(home.report("wine"))
    assert label_anyway(WINE, home, version, replace=replace).status == "labelled"
    assert label_anyway(WINE, home, version).status == "unchanged"


def test_changed_bytes_are_refused_unless_replaced(tmp_path, home, version):
    source = write(tmp_path / "a.csv", *LINES[:3])
    label_anyway(source, home, version)
    before = published(home)
    write(source, *LINES[:4])
    with pytest.raises(SourceError, match=r"'a' is labelled already.*other bytes.*--replace"):
        label_anyway(source, home, version)
    assert published(home) == before


def test_changed_bytes_replace_the_batch_whole(tmp_path, home, version):
    source = write(tmp_path / "a.csv", *LINES[:3], "1,2")
    label_anyway(source, home, version)
    write(source, *LINES[10:12])
    batch = label_anyway(source, home, version, replace=True)
    assert (batch.status, batch.rows) == ("labelled", 2)
    assert pq.read_metadata(home.labels("a")).num_rows == 2
    assert pq.read_metadata(home.rejects("a")).num_rows == 0


def test_another_model_is_refused_unless_replaced(home, version, other_version):
    label_anyway(WINE, home, version)
    before = published(home)
    with pytest.raises(SourceError, match=r"same bytes by version 1.*--replace"):
        label_anyway(WINE, home, other_version)
    assert published(home) == before


def test_another_model_replaces_the_batch(home, version, other_version):
    label_anyway(WINE, home, version)
    before = home.labels("wine").read_bytes()
    assert label_anyway(WINE, home, other_version, replace=True).status == "labelled"
    assert home.labels("wine").read_bytes() != before


def test_labels_that_are_none_of_ours_are_labelled_over(home, version):
    home.labels("wine").parent.mkdir(parents=True)
    home.labels("wine").write_text("not Parquet")
    assert label_anyway(WINE, home, version).status == "labelled"


@pytest.mark.parametrize("content", ["", "a,b\n1,2\n", "\x00\x01\x02"])
def test_a_refused_source_publishes_nothing(tmp_path, home, version, content):
    (tmp_path / "a.csv").write_text(content)
    with pytest.raises(SourceError):
        label_anyway(tmp_path / "a.csv", home, version)
    assert published(home) == {}


def test_a_source_that_is_not_there_is_refused(tmp_path, home, version):
    with pytest.raises(SourceError, match=r"absent\.csv"):
        label_anyway(tmp_path / "absent.csv", home, version)


@pytest.mark.parametrize("blocked", ["labels", "rejects", "reports"])
def test_a_folder_that_cannot_be_made_publishes_nothing(home, version, blocked):
    (home.folder / "data").mkdir(parents=True)
    (home.folder / "data" / blocked).write_text("a file where a folder is due")
    with pytest.raises(PublishError, match="cannot be written"):
        label_anyway(WINE, home, version)
    assert list(published(home)) == [f"data/{blocked}"]


def test_a_home_that_is_no_folder_is_refused(tmp_path, version):
    (tmp_path / "home").write_text("")
    with pytest.raises(PublishError, match="home: cannot be written"):
        label_anyway(WINE, Home(tmp_path / "home"), version)


def test_two_runs_of_one_batch_at_once_label_it_once(home, version):
    done = []

    def work():
        done.append(label(WINE, home, version).status)

    threads = [threading.Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(done) == ["labelled", "unchanged", "unchanged"]


def test_what_a_file_is_taken_for_says_which_columns_are_id_truth_and_ignored(tmp_path):
    lines = [f"B-{at},{line},1,x" for at, line in enumerate(LINES)]
    said = explain(write(tmp_path / "a.csv", *lines, header=f"id,{HEADER},prediction,"), TABLE)
    assert said.endswith("truth counted from 1; id: 'id'; truth: 'cultivar'; ignored: 'prediction', 'column 17'")
    unlabelled = [line.partition(",")[2] for line in LINES]
    said = explain(write(tmp_path / "b.csv", *unlabelled, header=HEADER.partition(",")[2]), TABLE)
    assert said.endswith("no label; id: none; truth: none; ignored: none")


@pytest.mark.parametrize("rows", [7, 131_072])
def test_a_source_removed_before_it_is_read_is_refused_as_what_it_is(tmp_path, home, version, rows):
    source = Source.at(str(write(tmp_path / "a.csv", *LINES)))
    source.path.unlink()
    with pytest.raises(SourceError, match=r"a\.csv: cannot be read; No such file or directory"):
        label_source(source, request(home, version, chunk_rows=rows), version)


def test_a_source_rewritten_in_place_with_its_size_and_time_kept_is_refused(tmp_path, home, version):
    path = write(tmp_path / "a.csv", *LINES)
    source, before = Source.at(str(path)), path.stat()
    path.write_text(path.read_text().replace("14.23", "14.32", 1))
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    with pytest.raises(MovingError, match="found other bytes than were hashed"):
        label_source(source, request(home, version), version)
    assert not home.labels("a").exists()


KILLED = """
import os, signal, sys
sys.path.insert(0, sys.argv[1])
from data.staging import Stage
from work import WINE, label

Stage.publish = lambda *_: os.kill(os.getpid(), signal.SIGKILL)
label(WINE, sys.argv[2], batch=sys.argv[3])
"""


@pytest.mark.parametrize("batch", ["big.lock", "big"])
def test_a_kill_while_a_batch_called_like_a_lock_is_labelled_leaves_a_home_that_works(trained_home, tmp_path, batch):
    home = Home.at(shutil.copytree(trained_home, tmp_path / "home"))
    tests = str(Path(work.__file__).parent)
    killed = subprocess.run([sys.executable, "-c", KILLED, tests, home.folder, batch], check=False)
    assert killed.returncode == -signal.SIGKILL
    for name in ("big", "big.lock", "big.lock.lock"):
        assert label(WINE, home, batch=name).status == "labelled"
    assert list(home.staging.iterdir()) == []
