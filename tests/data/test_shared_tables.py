"""The real copies in ../shared/tables, where they are there: what comes of each is what expected.json says."""

from __future__ import annotations

import json
from pathlib import Path

import pyarrow.parquet as pq
import pytest

import work
from data.errors import SourceError
from flows.state.home import Home
from flows.state.report import Report
from models.store import ModelStore

TABLES = Path(__file__).parents[3] / "shared" / "tables"
if not (TABLES / "expected.json").is_file():
    pytest.skip(f"no real tables in {TABLES}", allow_module_level=True)
EXPECTED = json.loads((TABLES / "expected.json").read_text())
READ = [name for name, each in EXPECTED.items() if each["outcome"] != "refuse"]
REFUSED = [name for name, each in EXPECTED.items() if each["outcome"] == "refuse"]
REPEATS = "60_kevs_headerless.csv"
FEW = ["01_uci_wine.data", "05_kaggle_wine-clustering_dup_leadingblank.csv", "12_orange_wine.tab",
       "15_keel_like_space_13_3_header.dat", "61_zscore_interleaved_excel.csv", REPEATS]  # fmt: skip


@pytest.fixture
def label(trained_home, tmp_path):
    version = ModelStore(Home.at(trained_home).models("wine")).load()

    def into(name, folder="home", **how):
        return work.label(TABLES / name, Home.at(tmp_path / folder), version, **how, batch="batch")

    return into


def test_every_table_has_something_expected_of_it():
    assert len(EXPECTED) == 51
    assert {path.name for path in TABLES.iterdir()} - {"expected.json", "SOURCES.md"} == set(EXPECTED)


@pytest.mark.parametrize("name", READ)
def test_an_honest_copy_is_labelled_with_its_truth(label, name):
    batch, expected = label(name), EXPECTED[name]
    assert batch.labelled == expected["rows"] == pq.read_metadata(batch.labels).num_rows
    assert expected["rejects"] in (None, batch.rejected)
    assert {key: count for key, count in (batch.truth or {}).items() if count} == (expected["truth"] or {})
    assert batch.rows == batch.labelled + batch.rejected


@pytest.mark.parametrize("name", REFUSED)
def test_anything_else_is_refused_in_one_line_and_leaves_nothing(label, name, tmp_path):
    with pytest.raises(SourceError) as refusal:
        label(name)
    assert str(refusal.value).count("; ") >= 2
    assert "\n" not in str(refusal.value)
    assert not [path for path in (tmp_path / "home").rglob("*") if path.is_file()]


@pytest.mark.parametrize("name", FEW)
def test_chunks_of_seven_rows_give_the_same_labels(label, name):
    whole, chunked = label(name), label(name, "chunked", chunk_rows=7)
    assert pq.read_table(chunked.labels).equals(pq.read_table(whole.labels))
    assert pq.read_table(chunked.rejects).equals(pq.read_table(whole.rejects))
    assert (chunked.rows, chunked.truth) == (whole.rows, whole.truth)


def test_rows_that_occur_twice_are_counted(label):
    assert Report.read(label(REPEATS).report).value("repeated_rows") == 2
