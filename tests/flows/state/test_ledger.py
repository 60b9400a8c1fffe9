import shutil

import pytest

from data.errors import SourceError
from flows.state.home import Home
from flows.state.ledger import batches_of, published, record_of
from work import WINE, label


@pytest.fixture
def labelled(home):
    label(WINE, home)
    return Home.at(home)


def test_the_record_of_a_batch_is_that_of_its_three_files(labelled):
    record = published(labelled, "wine")
    assert (record.source, record.rows, record.model_version) == ("wine.csv", 178, 1)
    assert record == record_of(labelled, "wine")


@pytest.mark.parametrize("lost", ["labels", "rejects", "report"])
def test_a_batch_that_is_there_in_part_is_not_published(labelled, lost):
    getattr(labelled, lost)("wine").unlink()
    assert published(labelled, "wine") is None


def test_files_of_different_runs_are_no_batch(labelled, tmp_path):
    other = Home.at(shutil.copytree(labelled.folder, tmp_path / "other"))
    (tmp_path / "wine.csv").write_text(WINE.read_text() + "1,2\n")
    label(tmp_path / "wine.csv", other, replace=True)
    shutil.copy(other.rejects("wine"), labelled.rejects("wine"))
    assert published(labelled, "wine") is None


@pytest.mark.parametrize("batch", ["none", "", "../labels/wine"])
def test_what_is_no_batch_is_refused(labelled, batch):
    with pytest.raises(SourceError, match="no labels of a batch"):
        record_of(labelled, batch)


def test_the_batches_are_those_that_have_labels(labelled, tmp_path):
    assert batches_of(labelled) == ["wine"]
    assert batches_of(Home.at(tmp_path / "none")) == []
