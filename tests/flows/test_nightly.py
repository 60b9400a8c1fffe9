import os
import shutil
from errno import EIO

import pyarrow.parquet as pq
import pytest

from data.locks import exclusive
from flows import labelling, nightly
from flows.state.home import Home
from work import WINE, train

pytestmark = pytest.mark.usefixtures("prefect_server")


def statuses(result):
    return {batch.batch: batch.status for batch in result.batches}


def labels(home):
    return {path.stem: path.stat().st_mtime_ns for path in (home / "data" / "labels").iterdir()}


def spoil(path):
    """Other bytes, of which one row is rejected."""
    path.write_text(path.read_text().replace("14.23", "99", 1))


def test_what_is_new_is_labelled_once(home, inbox, night):
    state, result = night()
    assert (state.name, state.message, statuses(result)) == ("Completed", "1 labelled", {"a": "labelled"})
    before, gone = labels(home), Home.at(home).page("gone")
    gone.touch()
    state, result = night()
    assert not gone.exists()
    assert (state.message, result.batches, result.unchanged) == ("1 unchanged", [], ["a.csv"])
    assert labels(home) == before


def test_a_changed_file_is_relabelled(home, inbox, night):
    night()
    spoil(inbox / "a.csv")
    assert statuses(night()[1]) == {"a": "labelled"}
    assert pq.read_metadata(home / "data" / "labels" / "a.parquet").num_rows == 177


def test_a_new_champion_relabels_only_what_is_asked_for(home, inbox, night):
    night()
    train(Home.at(home), WINE, seed=1, promote=True)
    assert night()[1].unchanged == ["a.csv"]
    (batch,) = night(replace=True)[1].batches
    assert (batch.status, batch.model_version) == ("labelled", 2)


def test_a_refused_file_stops_no_other_and_is_reported_once_until_it_changes(home, inbox, night):
    (inbox / "bad.csv").write_text("x,y\n1,2\n")
    state, result = night()
    assert (state.type.value, state.name) == ("COMPLETED", "SomeRefused")
    assert statuses(result) == {"a": "labelled", "bad": "refused"}
    state, result = night()
    assert (state.name, state.message) == ("Completed", "1 unchanged, 1 refused before")
    assert "columns missing: 2 are too few" in result.refused_before["bad.csv"]
    (inbox / "bad.csv").write_text("x,y\n1,3\n")
    assert statuses(night()[1]) == {"bad": "refused"}
    assert statuses(night(again=True)[1]) == {"bad": "refused"}
    (inbox / "bad.csv").unlink()
    night()
    assert list((home / "data" / "refused").iterdir()) == []


def test_where_all_that_is_new_is_refused_the_run_failed_and_says_why_in_a_line(inbox, night):
    (inbox / "a.csv").write_text("x,y\n1,2\n")
    state, _ = night()
    assert state.name == "Failed"
    assert state.message.startswith(f"{inbox / 'a.csv'}: columns missing: 2 are too few")


def test_of_two_files_of_one_name_the_first_is_labelled_and_the_second_reported_once(inbox, night):
    shutil.copy(WINE, inbox / "a.txt")
    _, result = night()
    assert [each.status for each in result.batches] == ["refused", "labelled"]
    assert "a second source for batch 'a'" in result.batches[0].error
    assert night()[1].batches == []
    (inbox / "a.csv").unlink()
    spoil(inbox / "a.txt")
    assert statuses(night()[1]) == {"a": "labelled"}


def test_a_run_that_finds_another_at_work_is_cancelled(home, inbox, night):
    with exclusive(Home.at(home).runs / "inbox.lock"):
        state, _ = night()
    assert state.name == "Cancelled"
    assert state.message.startswith("another run is labelling the inbox of ")
    assert not (home / "data" / "labels").exists()


@pytest.mark.parametrize(("missing", "words"), [("inbox", "no such inbox"), ("model", "no model yet")])
def test_without_an_inbox_or_a_model_the_run_failed_with_the_reason(home, inbox, night, missing, words):
    shutil.rmtree(inbox if missing == "inbox" else home / "models")
    state, _ = night()
    assert state.name == "Failed"
    assert words in state.message
    assert state.message.count("; ") == 2


def test_retraining_on_the_same_rows_trains_nothing_and_on_more_rows_a_version(home, inbox, night):
    state, trained = night(nightly.retrain)
    assert (trained.version, trained.promoted) == (1, True)
    assert "nothing was trained" in state.message
    state, trained = night(nightly.retrain, sources=[str(WINE), str(inbox / "a.csv")])
    assert (trained.version, trained.rows) == (2, 356)
    assert night(nightly.retrain, sources=[str(WINE), str(inbox / "a.csv")])[1].version == 2


def test_retraining_on_a_table_without_truth_failed_with_the_reason(home, inbox, night):
    (inbox / "a.csv").write_text("x,y\n1,2\n")
    state, _ = night(nightly.retrain, sources=[str(inbox / "a.csv")])
    assert (state.name, "a.csv: columns missing" in state.message) == ("Failed", True)


@pytest.mark.parametrize("flow", [nightly.label_inbox, nightly.retrain])
def test_every_parameter_is_described_for_the_prefect_ui(flow):
    properties = flow.parameters.model_dump()["properties"]
    assert properties
    assert all(each.get("description") for each in properties.values())


@pytest.mark.parametrize("error", [MemoryError(), RuntimeError("not foreseen"), OSError(EIO, "Input/output error")])
def test_whatever_one_file_does_the_others_are_labelled(home, inbox, night, monkeypatch, error):
    shutil.copy(WINE, inbox / "b.csv")
    label = labelling.label_source

    def fail(source, *arguments):
        if source.file == "a.csv":
            raise error
        return label(source, *arguments)

    monkeypatch.setattr(labelling, "label_source", fail)
    monkeypatch.setitem(labelling.label_batch.__dict__, "retry_delay_seconds", 0)
    state, result = night()
    assert (state.name, statuses(result)) == ("SomeRefused", {"a": "refused", "b": "labelled"})
    assert (home / "data" / "refused" / "a.csv.json").exists() == (not isinstance(error, OSError))


def test_names_that_no_reader_would_find_are_refused_once(home, inbox, night):
    names = ("_may.csv", os.fsdecode(b"w\xefne.csv"), "a\nb.csv")
    for name in names:
        shutil.copy(WINE, inbox / name)
    state, result = night()
    assert (state.name, len(result.batches)) == ("SomeRefused", 1 + len(names))
    assert [path.name for path in (home / "data" / "labels").iterdir()] == ["a.parquet"]
    assert night()[0].message == "1 unchanged, 3 refused before"
