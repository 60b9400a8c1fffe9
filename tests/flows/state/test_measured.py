import csv
from functools import partial

import pytest

from data.errors import SourceError
from data.reading import read_chunks
from flows.state import measured as measured_rows
from flows.state.home import Home
from flows.state.ledger import record_of
from flows.state.measured import DISTANCE, Measured
from models.errors import ModelError
from models.store import ModelStore
from work import FEATURES, LINES, cells, label, with_cell, write


@pytest.fixture
def place(home):
    return Home.at(home)


def measured(place, batch):
    return Measured.find(place, batch, record_of(place, batch))


def rows_of(place, batch):
    return [row for part in measured(place, batch).parts() for row in part.to_pylist()]


@pytest.mark.parametrize(("chunk", "part"), [(20, 7), (7, 20), (1_000, 1_000)])
def test_every_row_labelled_stands_beside_its_own_measurements_however_both_are_cut(
    place, tmp_path, monkeypatch, chunk, part
):
    monkeypatch.setattr(measured_rows, "read_chunks", partial(read_chunks, rows=chunk))
    monkeypatch.setattr(measured_rows, "ROWS", part)
    lines = [with_cell(line, 3, "x") if number % 7 == 0 else line for number, line in enumerate(LINES)]
    label(write(tmp_path / "many.csv", *lines), place)
    table = list(csv.reader(lines))
    rows = rows_of(place, "many")
    assert [(row["row"], row["label"]) for row in rows] == cells(place.labels("many"), "row", "label")
    assert all([row[name] for name in FEATURES] == [*map(float, table[row["row"]][1:])] for row in rows)


def test_distances_are_those_that_typicality_is_counted_by(place, tmp_path):
    label(write(tmp_path / "wine.csv", *LINES), place)
    conformal = ModelStore(place.models).load(1).classifier.conformal
    rows = rows_of(place, "wine")
    assert all((row[DISTANCE] is not None) == row["review"] for row in rows)
    for row in filter(lambda row: row["review"], rows):
        nearer = sum(usual < row[DISTANCE] for usual in conformal.usual)
        assert row["typicality"] == pytest.approx((179 - nearer) / 179)


def test_without_its_input_or_its_version_a_batch_is_its_labels_alone_and_says_so(place, tmp_path):
    label(write(tmp_path / "gone.csv", *LINES[:5]), place)
    (tmp_path / "gone.csv").unlink()
    (place.models / "0001" / "weights.npz").unlink()
    (row, *_others) = rows_of(place, "gone")
    assert (row["batch"], row["label"], row[DISTANCE], row["hue"]) == ("gone", "barolo", None, None)
    source, version = measured(place, "gone").missing
    assert "the source gone.csv" in source
    assert "version 1" in version


def test_a_version_whose_training_rows_are_not_there_is_as_good_as_gone(place, tmp_path, monkeypatch):
    def none(_version):
        raise ModelError("version 1: training.parquet is missing; found no file; restore it")

    label(write(tmp_path / "old.csv", *LINES[:5]), place)
    monkeypatch.setattr(measured_rows, "training_table", none)
    found = measured(place, "old")
    assert (found.version, found.missing) == (None, ("version 1: training.parquet is missing; found no file",))
    assert rows_of(place, "old")[0]["hue"] is not None


def test_an_input_that_changes_while_it_is_read_is_refused(place, tmp_path):
    path = write(tmp_path / "moving.csv", *LINES)
    label(path, place)
    found = measured(place, "moving")
    path.write_text(path.read_text().replace("14.23", "14.24"))
    with pytest.raises(SourceError, match="moving"):
        [*found.parts()]


def test_a_batch_without_a_labelled_row_has_none(place, tmp_path):
    label(write(tmp_path / "none.csv", with_cell(LINES[0], 3, "x")), place, max_rejects=1)
    assert rows_of(place, "none") == []
