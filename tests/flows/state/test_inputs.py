import pytest

from data.errors import SourceError
from data.sources import Source
from flows.state.home import Home
from flows.state.inputs import find_input, remember
from flows.state.ledger import record_of
from work import LINES, WINE, label, snapshot, train, write


@pytest.fixture
def labelled(tmp_path):
    home = Home.at(tmp_path / "home")
    train(home)
    path = write(tmp_path / "elsewhere" / "october.csv", *LINES[:30])
    label(path, home)
    return home, path


def test_an_input_is_found_where_it_was_labelled(labelled):
    home, path = labelled
    assert find_input(home, "october", record_of(home, "october")).path == path


def test_one_with_other_bytes_is_not_taken_for_it(labelled):
    home, path = labelled
    path.write_text(path.read_text() + "\n")
    with pytest.raises(SourceError, match="found other bytes"):
        find_input(home, "october", record_of(home, "october"))


def test_one_that_was_moved_is_found_by_its_name_in_the_inbox_or_where_it_is_said_to_be(labelled, tmp_path):
    home, path = labelled
    record = record_of(home, "october")
    moved = path.rename(tmp_path / "moved.csv")
    with pytest.raises(SourceError, match="name it by --source"):
        find_input(home, "october", record)
    assert find_input(home, "october", record, moved).sha256 == record.source_sha256
    home.inbox.mkdir(parents=True)
    moved.rename(home.inbox / "october.csv")
    assert find_input(home, "october", record).path == home.inbox / "october.csv"


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"path": 3}', "[" * 10_000])
def test_what_is_remembered_may_be_damaged(labelled, text):
    home, _path = labelled
    home.input("october").write_text(text)
    with pytest.raises(SourceError, match="name it by --source"):
        find_input(home, "october", record_of(home, "october"))


def test_the_inbox_needs_no_remembering(tmp_path):
    home = Home.at(tmp_path)
    home.inbox.mkdir(parents=True)
    (home.inbox / "wine.csv").write_bytes(WINE.read_bytes())
    remember(home, Source.at(str(home.inbox / "wine.csv")))
    assert not home.input("wine").exists()


def test_to_remember_the_same_again_writes_nothing(labelled):
    home, path = labelled
    before = snapshot(home.folder)
    remember(home, Source.at(str(path)))
    assert snapshot(home.folder) == before
