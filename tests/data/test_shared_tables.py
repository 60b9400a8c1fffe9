"""The copies in ../shared, where they are there: what comes of each is what the expected.json beside it says."""

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

SHARED = Path(__file__).parents[3] / "shared"
FOLDERS = [SHARED / name for name in ("tables", "tables2") if (SHARED / name / "expected.json").is_file()]
if not FOLDERS:
    pytest.skip(f"no tables in {SHARED}", allow_module_level=True)
EXPECTED = {
    f"{folder.name}/{name}": each
    for folder in FOLDERS
    for name, each in json.loads((folder / "expected.json").read_text()).items()
}
READ = [name for name, each in EXPECTED.items() if each["outcome"] != "refuse"]
REFUSED = [name for name, each in EXPECTED.items() if each["outcome"] == "refuse"]
REPEATS = "tables/60_kevs_headerless.csv"
FEW = [name for name in EXPECTED if Path(name).name in {
    "01_uci_wine.data", "05_kaggle_wine-clustering_dup_leadingblank.csv", "12_orange_wine.tab",
    "15_keel_like_space_13_3_header.dat", "61_zscore_interleaved_excel.csv", "60_kevs_headerless.csv",
    "20_types_then_names.txt", "30_names_one_a_line.txt", "g29_average_row.csv", "g42_comments.csv",
    "g61_second_file_pasted.csv", "g71_hundred_comma_lines.csv",
}]  # fmt: skip


@pytest.fixture
def label(trained_home, tmp_path):
    version = ModelStore(Home.at(trained_home).models).load()

    def into(name, folder="home", **how):
        return work.label(SHARED / name, Home.at(tmp_path / folder), version, **how, batch="batch")

    return into


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_every_table_has_something_expected_of_it(folder):
    there = {path.name for path in folder.iterdir()} - {"expected.json", "SOURCES.md"}
    assert {f"{folder.name}/{name}" for name in there} == {
        name for name in EXPECTED if name.startswith(f"{folder.name}/")
    }


@pytest.mark.parametrize("name", READ)
def test_an_honest_copy_is_labelled_with_its_truth(label, name):
    batch, expected = label(name), EXPECTED[name]
    assert batch.labelled == expected["rows"] == pq.read_metadata(batch.labels).num_rows
    assert expected["rejects"] in (None, batch.rejected)
    allowed = expected["truth"] if isinstance(expected["truth"], list) else [expected["truth"]]
    assert {key: count for key, count in (batch.truth or {}).items() if count} in [each or {} for each in allowed]
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


@pytest.mark.skipif(REPEATS not in EXPECTED, reason="that table is not there")
def test_rows_that_occur_twice_are_counted(label):
    assert Report.read(Path(label(REPEATS).report)).value("repeated_rows") == 2
