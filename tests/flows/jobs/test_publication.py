from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from functools import partial
from importlib.metadata import version as installed
from pathlib import Path

import duckdb
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.dataset
import pyarrow.parquet as pq
import pytest

from data.errors import SourceError
from flows.state.home import Home
from schemas.results import labels_schema, rejects_schema, reports_schema
from work import HEADER, LINES, TABLE, WINE, label, published, with_cell, write

ROOT = Path(__file__).parents[3]


label_anyway = partial(label, max_rejects=1)  # what is tried here are files of few rows, most of them bad


JUNK = ["", "x", "1.5x", "1,5", "inf", "-inf", "NaN", "-1", "1e9", "\uff11\uff12", "0x10", '"']


@pytest.fixture(scope="module")
def many(tmp_path_factory):
    lines = (LINES * 48)[:8500]
    for row in range(5, 8500, 601):
        lines[row] = with_cell(lines[row], 1 + row % 13, JUNK[row % len(JUNK)])
    lines[4095], lines[8499] = "1,2,3", with_cell(lines[8499], 13, "")
    return write(tmp_path_factory.mktemp("many") / "many.csv", *lines)


def test_labels_rejects_and_report_have_the_declared_schemas(home, version, tmp_path):
    label_anyway(write(tmp_path / "a.csv", LINES[0], with_cell(LINES[1], 5, "x"), "1,2"), home, version)
    for path, schema in (
        (home.labels("a"), labels_schema(TABLE)),
        (home.rejects("a"), rejects_schema()),
        (home.report("a"), reports_schema()),
    ):
        assert pq.read_schema(path).equals(schema, check_metadata=False)


@pytest.mark.parametrize("rows", [99, 64, 1000])
def test_labels_and_rejects_are_the_same_bytes_for_any_chunk_size(home, cellar, version, many, rows):
    whole = label_anyway(many, cellar, version)
    cut = label_anyway(many, home, version, chunk_rows=rows)
    assert (cut.rows, cut.labelled, cut.rejected) == (whole.rows, whole.labelled, whole.rejected) == (8500, 8483, 17)
    assert home.labels("many").read_bytes() == cellar.labels("many").read_bytes()
    assert home.rejects("many").read_bytes() == cellar.rejects("many").read_bytes()


def test_the_labels_say_what_they_were_made_from(tmp_path, home, version):
    source = write(tmp_path / "a.csv", LINES[0], with_cell(LINES[1], 5, "x"))
    label_anyway(source, home, version)
    metadata = pq.read_metadata(home.labels("a")).metadata
    assert {name: metadata[b"wine_labels." + name.encode()].decode() for name in (
        "schema_version", "table", "source", "source_sha256", "model_version", "model_sha256", "code_version",
        "rows", "labelled", "rejected",
    )} == {
        "schema_version": "1", "table": "wine", "source": "a.csv",
        "source_sha256": hashlib.sha256(source.read_bytes()).hexdigest(), "model_version": "1",
        "model_sha256": version.sha256, "code_version": installed("wine-labels"),
        "rows": "2", "labelled": "1", "rejected": "1",
    }  # fmt: skip


def test_the_labels_tell_no_time_and_no_place(tmp_path, version):
    homes = [Home(tmp_path / name) for name in ("here", "there")]
    for each in homes:
        label_anyway(WINE, each, version)
    assert homes[0].labels("wine").read_bytes() == homes[1].labels("wine").read_bytes()
    assert homes[0].rejects("wine").read_bytes() == homes[1].rejects("wine").read_bytes()


def test_progress_is_told_every_row(home, version):
    told = []
    label_anyway(WINE, home, version, chunk_rows=50, progress=told.append)
    assert sum(told) == 178
    assert len(told) > 1


@pytest.mark.parametrize("lines", [[], ["1,2,3", with_cell(LINES[0], 5, "x")]], ids=["header only", "all rejected"])
def test_a_batch_with_nothing_to_label_publishes_empty_labels(tmp_path, home, version, lines):
    batch = label_anyway(write(tmp_path / "a.csv", *lines), home, version)
    assert (batch.rows, batch.labelled, batch.rejected) == (len(lines), 0, len(lines))
    assert (batch.truth, batch.accuracy) == (None, None)
    assert pq.read_table(home.labels("a")).schema.equals(labels_schema(TABLE))
    assert pq.read_metadata(home.labels("a")).num_rows == 0
    assert pq.read_metadata(home.rejects("a")).num_rows == len(lines)
    assert home.report("a").is_file()


def test_a_source_that_changes_while_it_is_read_is_refused(tmp_path, home, version):
    source = write(tmp_path / "a.csv", *LINES)
    with pytest.raises(SourceError, match="changed while it was read"):
        label_anyway(source, home, version, progress=lambda _: write(source, *LINES, LINES[0]))
    assert published(home) == {}


def test_an_error_in_the_middle_leaves_the_old_batch_whole(tmp_path, home, version):
    source = write(tmp_path / "a.csv", *LINES[:3])
    label_anyway(source, home, version)
    before = published(home)
    write(source, *LINES)
    with pytest.raises(ZeroDivisionError):
        label_anyway(source, home, version, replace=True, chunk_rows=20, progress=lambda _: 1 / 0)
    assert published(home) == before


UNWRITABLE = """
import json, os, resource, sys
from pathlib import Path
from data.errors import PublishError
from flows.state.home import Home
from models.store import ModelStore
from work import label

def outcome(source, home):
    try:
        return label(Path(source), Home(Path(home)), version, batch="wine", replace=True).status
    except PublishError as error:
        return f"PublishError: {error}"

version = ModelStore(Path(sys.argv[1])).load()
told = {}
for source, limit in ("short.csv", 10), ("short.csv", 1000), ("short.csv", 3000), ("long.csv", 6_000):
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, resource.RLIM_INFINITY))
    told[f"full-{limit}"] = outcome(source, f"full-{limit}")
told["labelled"] = outcome("long.csv", "labelled")
resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
if os.geteuid() == 0:
    os.setuid(65534)
told["sealed"] = outcome("short.csv", "sealed")
print(json.dumps(told))
"""


@pytest.fixture(scope="module")
def unwritable(tmp_path_factory, cellar, version):
    """Labelling into homes that cannot be written to: what each came to, the folder of homes, and stderr."""
    folder = tmp_path_factory.mktemp("unwritable")
    write(folder / "short.csv", *LINES)
    write(folder / "long.csv", *LINES * 740)  # more than a row group: writing fails before the end is reached
    label_anyway(WINE, Home(folder / "labelled"), version)
    before = published(Home(folder / "labelled"))
    (folder / "sealed").mkdir(mode=0o555)
    folder.chmod(0o755)
    command = [sys.executable, "-c", UNWRITABLE, str(cellar.models)]
    known = os.environ | {"PYTHONPATH": os.pathsep.join(map(str, (ROOT, ROOT / "tests")))}
    done = subprocess.run(command, cwd=folder, env=known, capture_output=True, text=True, check=True)
    return json.loads(done.stdout), folder, before, done.stderr


@pytest.mark.parametrize("home", ["full-10", "full-1000", "full-3000", "full-6000"])
def test_a_full_disk_publishes_nothing(unwritable, home):
    told, folder, _, _ = unwritable
    assert told[home].startswith(f"PublishError: {home}: cannot be written to")
    assert published(Home(folder / home)) == {}


def test_a_full_disk_leaves_the_old_batch_whole(unwritable):
    told, folder, before, _ = unwritable
    assert told["labelled"].startswith("PublishError: labelled: cannot be written")
    assert published(Home(folder / "labelled")) == before


def test_a_read_only_home_is_refused_and_left_alone(unwritable):
    told, folder, _, _ = unwritable
    assert told["sealed"].startswith("PublishError: sealed: cannot be written to; Permission denied")
    assert list((folder / "sealed").iterdir()) == []


def test_a_disk_that_fails_is_told_once_and_without_a_traceback(unwritable):
    *_, stderr = unwritable
    assert stderr == ""


@pytest.fixture(scope="module")
def opened(tmp_path_factory, version):
    """A home with four unlike batches."""
    folder = tmp_path_factory.mktemp("opened")
    unlabelled = [f"b{row},{line.partition(',')[2]}" for row, line in enumerate(LINES)]
    home = Home(folder / "home")
    sources = [
        WINE,
        write(folder / "bare.csv", *unlabelled, header="id," + HEADER.partition(",")[2]),
        write(folder / "empty.csv"),
        write(folder / "bad.csv", LINES[0], "1,2", with_cell(LINES[1], 5, "x")),
    ]
    for source in sources:
        label_anyway(source, home, version)
    return home


def in_order(rows):
    return sorted(rows, key=lambda row: (row["source"], row["row"]))


READERS = {
    "pyarrow": lambda folder: pyarrow.dataset.dataset(folder).to_table().to_pylist(),
    "pandas": lambda folder: pd.read_parquet(folder).astype(object).replace(float("nan"), None).to_dict("records"),
    "polars": lambda folder: pl.scan_parquet(folder).collect().to_dicts(),
    "duckdb": lambda folder: duckdb.sql(f"from '{folder}/*.parquet'").to_arrow_table().to_pylist(),
}


@pytest.mark.parametrize("reader", READERS)
def test_every_reader_opens_the_folder_and_finds_the_same_rows(opened, reader):
    folder = opened.labels("wine").parent
    due = [row for path in folder.iterdir() for row in pq.read_table(path).to_pylist()]
    assert in_order(READERS[reader](folder)) == in_order(due)
    assert len(due) == 2 * 178 + 1


@pytest.mark.parametrize("kind", ["labels", "rejects", "report"])
def test_every_file_of_a_folder_has_one_schema(opened, kind):
    first, *others = (pq.read_schema(path).remove_metadata() for path in getattr(opened, kind)("wine").parent.iterdir())
    assert len(others) == 3
    assert all(other.equals(first, check_metadata=True) for other in others)


def test_the_folders_hold_nothing_but_a_parquet_file_for_each_batch(opened):
    for kind in ("labels", "rejects", "reports"):
        found = sorted(path.name for path in (opened.folder / "data" / kind).iterdir())
        assert found == ["bad.parquet", "bare.parquet", "empty.parquet", "wine.parquet"]


def test_nothing_stays_in_staging(opened):
    assert list(opened.staging.iterdir()) == []


def test_dictionaries_are_of_one_type_in_every_file(opened):
    types = {
        pq.read_schema(path).field(name).type
        for path in opened.labels("wine").parent.iterdir()
        for name in ("source", "label", "truth")
    }
    assert types == {pa.dictionary(pa.int32(), pa.string())}


@pytest.mark.parametrize(("bad", "status"), [(2, "labelled"), (3, None)])
def test_a_file_of_more_than_one_reject_in_five_is_refused_whole(tmp_path, home, version, bad, status):
    lines = [with_cell(line, 5, "x") if at < bad else line for at, line in enumerate(LINES[:10])]
    source = write(tmp_path / "a.csv", *lines)
    if status:
        assert label(source, home, version).status == status
    else:
        with pytest.raises(SourceError, match=r"3 of 10 rows would be rejected, more than 20%; .*magnesium"):
            label(source, home, version)
        assert not home.labels("a").exists()


def test_a_file_of_too_many_rejects_is_refused_with_what_stands_in_its_cells(tmp_path, home, version):
    lines = [with_cell(line, 5, "127 mg/l") if at % 3 == 0 else line for at, line in enumerate(LINES)]
    with pytest.raises(SourceError, match=r"\(60 times\), and magnesium holds units beside the numbers, '127 mg/l'"):
        label(write(tmp_path / "a.csv", *lines), home, version)
