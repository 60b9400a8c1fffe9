import shutil

import pyarrow.parquet as pq
import pytest

from data.layouts import SourceError
from data.publishing import PublishError
from data.sources import shipped_table
from flows import steps
from flows.home import Home
from flows.replay import replay
from models.store import ModelStore

WINE = shipped_table()


@pytest.fixture
def bottles(home, tmp_path):
    """A batch with a reject, labelled from a file that columns were stated for."""
    source = tmp_path / "bottles.csv"
    source.write_text(WINE.read_text().replace("14.23", "99"))
    steps.label(source, "bottles", Home.at(home), ModelStore(Home.at(home).models("wine")).load())
    return source


def test_a_batch_comes_out_the_same_byte_for_byte(home, bottles):
    found = replay("bottles", Home.at(home), source=bottles)
    assert (found.identical, found.rows, found.differing, found.version, found.again) == (True, 178, 0, 1, 1)


def test_its_source_is_found_in_the_inbox(home, bottles):
    Home.at(home).inbox.mkdir(parents=True)
    shutil.copy(bottles, Home.at(home).inbox)
    assert replay("bottles", Home.at(home)).identical


def test_labels_that_were_meddled_with_are_found_out(home, bottles):
    path = Home.at(home).labels("bottles")
    table, entries = pq.read_table(path), pq.read_metadata(path).metadata
    at = table.schema.get_field_index("review")
    other = table.set_column(at, table.schema.field("review"), [[not each for each in table["review"].to_pylist()]])
    with pq.ParquetWriter(path, other.schema) as writer:
        writer.write_table(other)
        writer.add_key_value_metadata({key: entries[key] for key in entries if key.startswith(b"wine_labels.")})
    found = replay("bottles", Home.at(home), source=bottles)
    assert (found.identical, found.differing, len(found.shown), found.changes) == (False, 177, 10, {})


def test_what_another_version_would_say_is_told_row_by_row(home, bottles, tmp_path):
    steps.train([WINE], Home.at(home), recipe="article", seed=5)
    before = Home.at(home).labels("bottles").read_bytes()
    found = replay("bottles", Home.at(home), source=bottles, version=2, target=tmp_path / "changed.parquet")
    changed = pq.read_table(tmp_path / "changed.parquet").to_pylist()
    assert len(changed) == found.differing > 0
    assert sum(row["label"] != row["label_again"] for row in changed) == sum(found.changes.values()) > 0
    assert Home.at(home).labels("bottles").read_bytes() == before
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
        replay(batch, Home.at(home), source=bottles)


@pytest.mark.parametrize("name", ["data/labels/bottles.parquet", "models/wine/champion"])
def test_differences_are_never_written_over_what_is_published(home, bottles, name):
    before = (home / name).read_bytes()
    with pytest.raises(PublishError, match="not for differences; found it within the home"):
        replay("bottles", Home.at(home), source=bottles, target=home / name)
    assert (home / name).read_bytes() == before


@pytest.mark.parametrize("batch", ["../labels/bottles", "", "."])
def test_a_batch_is_a_name_and_no_path(home, bottles, batch):
    with pytest.raises(SourceError, match="no labels of a batch"):
        replay(batch, Home.at(home), source=bottles)


def test_the_commands_say_it_at_the_terminal_and_for_programs(wine_labels, home, bottles):
    said = wine_labels("replay", "bottles", "--source", bottles, "--home", home)
    assert (said.status, said.out) == (0, "bottles: labelled again by version 1, as recorded: the same byte for byte\n")
    said = wine_labels("diff", "bottles", "--version", "1", "--source", bottles, "--home", home, "--json")
    assert (said.status, said.document["identical"], said.document["changes"]) == (0, True, [])
    assert wine_labels("replay", "none", "--home", home).status == 2
