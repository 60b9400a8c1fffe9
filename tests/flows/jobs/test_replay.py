import shutil
import signal
import subprocess
import sys
import tempfile

import pyarrow.parquet as pq
import pytest

import work
from data.errors import PublishError, SourceError
from flows.jobs.replay import label_again
from flows.state.home import Home
from work import WINE, label, train

KILLED = """
import os, signal, sys
from pathlib import Path
from flows.jobs import replay
from flows.state.home import Home

replay._compare = lambda *_: os.kill(os.getpid(), signal.SIGKILL)
replay.label_again("bottles", Home.at(sys.argv[1]), source=Path(sys.argv[2]))
"""


@pytest.fixture
def home(trained_home, tmp_path):
    """A home with version 1."""
    return Home.at(shutil.copytree(trained_home, tmp_path / "home"))


@pytest.fixture
def bottles(home, tmp_path):
    """A batch with a reject, labelled from a file that columns were stated for."""
    source = tmp_path / "bottles.csv"
    source.write_text(WINE.read_text().replace("14.23", "99"))
    label(source, home)
    return source


def test_a_batch_comes_out_the_same_byte_for_byte(home, bottles):
    found = label_again("bottles", home, source=bottles)
    assert (found.identical, found.rows, found.differing, found.version, found.again) == (True, 178, 0, 1, 1)


def test_its_source_is_found_in_the_inbox(home, bottles):
    home.inbox.mkdir(parents=True)
    shutil.copy(bottles, home.inbox)
    assert label_again("bottles", home).identical


def test_labels_that_were_meddled_with_are_found_out(home, bottles):
    path = home.labels("bottles")
    table, entries = pq.read_table(path), pq.read_metadata(path).metadata
    at = table.schema.get_field_index("review")
    other = table.set_column(at, table.schema.field("review"), [[not each for each in table["review"].to_pylist()]])
    with pq.ParquetWriter(path, other.schema) as writer:
        writer.write_table(other)
        writer.add_key_value_metadata({key: entries[key] for key in entries if key.startswith(b"wine_labels.")})
    found = label_again("bottles", home, source=bottles)
    assert (found.identical, found.differing, len(found.shown), found.changes) == (False, 177, 10, {})


def test_what_another_version_would_say_is_told_row_by_row(home, bottles, tmp_path, worse):
    train(home, WINE, recipe=worse, seed=5)
    before = home.labels("bottles").read_bytes()
    found = label_again("bottles", home, source=bottles, version=2, target=tmp_path / "changed.parquet")
    changed = pq.read_table(tmp_path / "changed.parquet").to_pylist()
    assert len(changed) == found.differing > 0
    assert sum(row["label"] != row["label_again"] for row in changed) == sum(found.changes.values()) > 0
    assert home.labels("bottles").read_bytes() == before
    assert not list(tmp_path.glob(".*"))


@pytest.mark.parametrize(
    ("batch", "change", "words"),
    [
        ("none", lambda source: None, "no labels of a batch 'none'; found none there; see data/labels"),
        (
            "bottles",
            lambda source: source.write_text("x"),
            "is not there; found other bytes in .*; name it by",
        ),
        ("bottles", lambda source: source.unlink(), "is not there; found none at .*; name it by --source"),
    ],
)
def test_without_the_batch_or_its_source_it_is_refused(home, bottles, batch, change, words):
    change(bottles)
    with pytest.raises(SourceError, match=words):
        label_again(batch, home, source=bottles)


@pytest.mark.parametrize("name", ["data/labels/bottles.parquet", "models/wine/champion"])
def test_differences_are_never_written_over_what_is_published(home, bottles, name):
    before = (home.folder / name).read_bytes()
    with pytest.raises(PublishError, match="not for differences; found it within the home"):
        label_again("bottles", home, source=bottles, target=home.folder / name)
    assert (home.folder / name).read_bytes() == before


def test_what_a_killed_one_left_is_swept_by_the_next_and_nothing_is_left_elsewhere(home, bottles, monkeypatch):
    killed = subprocess.run([sys.executable, "-c", KILLED, home.folder, bottles], check=False)
    assert killed.returncode == -signal.SIGKILL
    assert any(home.staging.iterdir())
    monkeypatch.setattr(tempfile, "TemporaryDirectory", None)
    before = work.published(home)
    assert label_again("bottles", home, source=bottles).identical
    assert list(home.staging.iterdir()) == []
    assert {name for name in before if ".staging" not in name} == work.published(home).keys()


def test_a_home_that_may_only_be_read_is_replayed_elsewhere(home, bottles):
    home.staging.rmdir()
    home.staging.touch()
    assert label_again("bottles", home, source=bottles).identical


@pytest.mark.parametrize("batch", ["../labels/bottles", "", "."])
def test_a_batch_is_a_name_and_no_path(home, bottles, batch):
    with pytest.raises(SourceError, match="no labels of a batch"):
        label_again(batch, home, source=bottles)
