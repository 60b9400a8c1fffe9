from __future__ import annotations

import csv
import hashlib
import json
import os
import subprocess
import sys
from functools import partial
from importlib.metadata import version as installed
from pathlib import Path
from unittest.mock import ANY

import duckdb
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.dataset
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import data
from data.layouts import SourceError
from data.publishing import PublishError
from flows import steps
from flows.home import Home
from models.store import ModelStore
from schemas._table import TableError, get_table
from schemas.results import labels_schema, rejects_schema, reports_schema

label_anyway = partial(steps.label, max_rejects=1)  # what is tried here are files of few rows, most of them bad


WINE = Path(data.__path__[0]) / "raw" / "wine.csv"
TABLE = get_table("wine")
HEADER, *LINES = WINE.read_text().splitlines()
FEATURES = TABLE.features
JUNK = ["", "x", "1.5x", "1,5", "inf", "-inf", "NaN", "-1", "1e9", "\uff11\uff12", "0x10", '"']


def with_cell(line, place, text):
    row = next(csv.reader([line]))
    row[place] = text
    return ",".join('"' + cell.replace('"', '""') + '"' for cell in row)


def write(path, *lines, header=HEADER):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join([header, *lines]) + "\n")
    return path


@pytest.fixture(scope="module")
def cellar(tmp_path_factory):
    return Home(tmp_path_factory.mktemp("cellar"))


@pytest.fixture(scope="module")
def trained(cellar):
    return steps.train([WINE], cellar)


@pytest.fixture(scope="module")
def version(cellar, trained):
    return ModelStore(cellar.models("wine")).load()


@pytest.fixture(scope="module")
def other_version(tmp_path_factory):
    home = Home(tmp_path_factory.mktemp("other"))
    steps.train([WINE], home, seed=1)
    return ModelStore(home.models("wine")).load()


@pytest.fixture
def home(tmp_path):
    return Home(tmp_path / "home")


@pytest.fixture(scope="module")
def many(tmp_path_factory):
    lines = (LINES * 48)[:8500]
    for row in range(5, 8500, 601):
        lines[row] = with_cell(lines[row], 1 + row % 13, JUNK[row % len(JUNK)])
    lines[4095], lines[8499] = "1,2,3", with_cell(lines[8499], 13, "")
    return write(tmp_path_factory.mktemp("many") / "many.csv", *lines)


def published(home):
    """What is in the home's folders, but for the models."""
    return {
        str(path.relative_to(home.folder)): path.read_bytes()
        for path in home.folder.rglob("*")
        if path.is_file() and "models" not in path.parts
    }


def cells(path, *names):
    return [tuple(line[name] for name in names) for line in pq.read_table(path).to_pylist()]


# --- training


def test_the_shipped_table_trains_the_champion(cellar, trained):
    assert (trained.version, trained.promoted, trained.rows) == (1, True, 178)
    assert ModelStore(cellar.models("wine")).champion() == 1


def test_the_accuracy_on_unseen_rows_is_told_beside_that_on_training_rows(trained):
    assert trained.training_accuracy >= trained.cv_accuracy >= 0.96


def test_a_version_knows_what_it_was_trained_from(version):
    assert version.notes["source_sha256"] == hashlib.sha256(WINE.read_bytes()).hexdigest()
    assert version.classifier.features == FEATURES
    assert version.classifier.classes == ("barolo", "grignolino", "barbera")


def test_the_same_table_and_seed_train_the_same_version(home, trained):
    assert steps.train([WINE], home).sha256 == trained.sha256


def test_another_seed_trains_another_version(version, other_version):
    assert other_version.sha256 != version.sha256


def test_a_second_training_is_the_next_version(home):
    assert [steps.train([WINE], home, seed=seed).version for seed in (0, 0)] == [1, 2]


@pytest.mark.parametrize(("place", "text"), [(5, "x"), (5, ""), (0, "4"), (0, "")])
def test_training_leaves_rows_out_that_do_not_meet_the_table(tmp_path, home, place, text):
    source = write(tmp_path / "wine.csv", *LINES[:100], with_cell(LINES[0], place, text), *LINES[100:])
    assert steps.train([source], home).rows == 178


def test_training_leaves_ragged_lines_out(tmp_path, home):
    assert steps.train([write(tmp_path / "wine.csv", *LINES, "1,2,3")], home).rows == 178


def test_training_leaves_rows_of_a_parquet_file_out_that_carry_no_truth(tmp_path, home):
    frame = pd.read_csv(WINE)
    frame["cultivar"] = frame["cultivar"].astype("Int64").mask(frame.index < 8)
    frame.to_parquet(tmp_path / "wine.parquet", index=False)
    assert steps.train([tmp_path / "wine.parquet"], home).rows == 170


def test_a_csv_and_a_parquet_file_of_the_same_rows_train_the_same_network(tmp_path, home, version):
    pd.read_csv(WINE).to_parquet(tmp_path / "wine.parquet", index=False)
    steps.train([tmp_path / "wine.parquet"], home)
    network = ModelStore(home.models("wine")).load().classifier.network
    assert all((a == b).all() for a, b in zip(network.weights, version.classifier.network.weights, strict=True))


@pytest.mark.parametrize(
    ("lines", "message"),
    [(LINES[:59], "labels that cannot"), (LINES[:1] + LINES[60:], r"1 barolo"), ([], r"too few|no row|0 barolo")],
    ids=["one class", "one of a class", "no rows"],
)
def test_a_table_with_too_few_rows_of_a_class_is_refused(tmp_path, home, lines, message):
    with pytest.raises((steps.TrainingError, SourceError), match=message):
        steps.train([write(tmp_path / "wine.csv", *lines)], home)
    assert ModelStore(home.models("wine")).versions() == []


def test_a_table_without_truth_is_refused(tmp_path, home):
    unlabelled = [line.partition(",")[2] for line in LINES]
    with pytest.raises(steps.TrainingError, match=r"label.*cultivar"):
        steps.train([write(tmp_path / "wine.csv", *unlabelled, header=HEADER.partition(",")[2])], home)


def test_an_unknown_table_is_refused(home):
    with pytest.raises(TableError, match="cheese"):
        steps.train([WINE], home, table="cheese")


# --- labelling


def test_the_shipped_table_is_labelled(home, version):
    batch = label_anyway(WINE, "wine", home, version)
    assert (batch.status, batch.rows, batch.labelled, batch.rejected) == ("labelled", 178, 178, 0)
    assert batch.truth == {"1": 59, "2": 71, "3": 48}
    assert batch.accuracy > 0.97


def test_a_label_is_the_likeliest_class(home, version):
    label_anyway(WINE, "wine", home, version)
    for line in pq.read_table(home.labels("wine")).to_pylist():
        shares = [line[f"p_{name}"] for name in TABLE.class_names]
        assert line["confidence"] == max(shares) == line[f"p_{line['label']}"]
        assert TABLE.classes[line["label_id"]] == line["label"]
        assert sum(shares) == pytest.approx(1, abs=1e-6)


def test_the_labels_are_those_the_classifier_gives(home, version):
    label_anyway(WINE, "wine", home, version)
    shares = version.classifier.predict_proba(pd.read_csv(WINE)[list(FEATURES)].to_numpy(dtype=float))
    found = pq.read_table(home.labels("wine")).select([f"p_{name}" for name in TABLE.class_names]).to_pandas()
    assert (found.to_numpy() == shares.astype("float32")).all()


def test_labels_rejects_and_report_have_the_declared_schemas(home, version, tmp_path):
    label_anyway(write(tmp_path / "a.csv", LINES[0], with_cell(LINES[1], 5, "x"), "1,2"), "a", home, version)
    for path, schema in (
        (home.labels("a"), labels_schema(TABLE)),
        (home.rejects("a"), rejects_schema()),
        (home.report("a"), reports_schema()),
    ):
        assert pq.read_schema(path).equals(schema, check_metadata=False)


def test_ids_are_carried_into_labels_and_rejects(tmp_path, home, version):
    lines = [f"b{row},{line}" for row, line in enumerate([LINES[0], with_cell(LINES[1], 5, "x"), LINES[2]])]
    label_anyway(write(tmp_path / "a.csv", *lines, header=f"id,{HEADER}"), "a", home, version)
    assert cells(home.labels("a"), "row", "id") == [(0, "b0"), (2, "b2")]
    assert cells(home.rejects("a"), "row", "id") == [(1, "b1")]


def test_what_was_turned_away_is_told_with_row_column_rule_and_text(tmp_path, home, version):
    lines = [with_cell(LINES[0], 5, "1.5x"), LINES[1], "1,2,3", with_cell(with_cell(LINES[2], 1, "99"), 13, "")]
    label_anyway(write(tmp_path / "a.csv", *lines), "a", home, version)
    assert cells(home.rejects("a"), "source", "row", "column", "rule", "value") == [
        ("a.csv", 0, "magnesium", "not a number", "1.5x"),
        ("a.csv", 2, None, ANY, "1,2,3"),
        ("a.csv", 3, "alcohol", "<= 25", "99"),
        ("a.csv", 3, "proline", "missing", ""),
    ]


def test_without_truth_nothing_is_judged(tmp_path, home, version):
    unlabelled = [line.partition(",")[2] for line in LINES]
    batch = label_anyway(write(tmp_path / "a.csv", *unlabelled, header=HEADER.partition(",")[2]), "a", home, version)
    assert (batch.labelled, batch.truth, batch.accuracy) == (178, None, None)
    assert pq.read_table(home.labels("a"))["truth"].null_count == 178


def test_a_truth_that_is_no_class_is_null_and_told_in_the_report(tmp_path, home, version):
    lines = [with_cell(LINES[0], 0, "nebbiolo"), with_cell(LINES[1], 0, "A"), *LINES[2:]]
    batch = label_anyway(write(tmp_path / "a.csv", *lines), "a", home, version)
    assert cells(home.labels("a"), "truth")[:3] == [(None,), ("barolo",), ("barolo",)]
    assert ("unknown_truth", "nebbiolo", 1) in cells(home.report("a"), "metric", "other", "value")
    assert batch.truth == {"1": 58, "2": 71, "3": 48}


@pytest.mark.parametrize("kind", ["csv", "parquet"])
def test_a_truth_that_is_not_there_is_null_and_no_unknown_class(tmp_path, home, version, kind):
    frame = pd.read_csv(WINE).astype({"cultivar": "Int64"})
    frame.loc[3, "cultivar"] = None
    (frame.to_csv if kind == "csv" else frame.to_parquet)(tmp_path / f"a.{kind}", index=False)
    label_anyway(tmp_path / f"a.{kind}", "a", home, version)
    assert pq.read_table(home.labels("a"))["truth"].null_count == 1
    assert "unknown_truth" not in {metric for (metric,) in cells(home.report("a"), "metric")}


def test_ignored_columns_are_named_in_the_report(tmp_path, home, version):
    label_anyway(write(tmp_path / "a.csv", f"{LINES[0]},north", header=f"{HEADER},cellar"), "a", home, version)
    assert ("ignored_column", "cellar") in cells(home.report("a"), "metric", "other")


@settings(max_examples=12, deadline=None)
@given(
    damaged=st.dictionaries(
        st.tuples(st.integers(0, 29), st.sampled_from(FEATURES)), st.sampled_from(JUNK), max_size=8
    ),
    ragged=st.sets(st.integers(0, 29), max_size=3),
    rows=st.sampled_from([3, 10, 1000]),
)
def test_every_row_is_labelled_or_rejected_with_each_cell_that_failed(tmp_path_factory, version, damaged, ragged, rows):
    folder = tmp_path_factory.mktemp("damaged")
    lines = LINES[:30]
    for (row, name), text in damaged.items():
        lines[row] = with_cell(lines[row], 1 + FEATURES.index(name), text)
    for row in ragged:
        lines[row] = "1,2,3"
    due = {(row, name, text) for (row, name), text in damaged.items() if row not in ragged}
    due |= {(row, None, "1,2,3") for row in ragged}
    batch = label_anyway(write(folder / "a.csv", *lines), "a", Home(folder), version, rows=rows)
    turned_away = {row for row, _, _ in due}
    assert set(cells(folder / "data" / "rejects" / "a.parquet", "row", "column", "value")) == due
    assert (batch.rows, batch.labelled, batch.rejected) == (30, 30 - len(turned_away), len(turned_away))
    labelled = [row for (row,) in cells(folder / "data" / "labels" / "a.parquet", "row")]
    assert labelled == [row for row in range(30) if row not in turned_away]


@pytest.mark.parametrize("rows", [10, 64, 1000])
def test_labels_and_rejects_are_the_same_bytes_for_any_chunk_size(home, cellar, version, many, rows):
    whole = label_anyway(many, "many", cellar, version)
    cut = label_anyway(many, "many", home, version, rows=rows)
    assert (cut.rows, cut.labelled, cut.rejected) == (whole.rows, whole.labelled, whole.rejected) == (8500, 8483, 17)
    assert home.labels("many").read_bytes() == cellar.labels("many").read_bytes()
    assert home.rejects("many").read_bytes() == cellar.rejects("many").read_bytes()


def test_a_bottle_among_others_is_labelled_as_it_is_alone_but_for_its_place(tmp_path, home, version):
    label_anyway(WINE, "wine", home, version)
    label_anyway(write(tmp_path / "one.csv", LINES[100]), "one", home, version)
    [alone] = cells(home.labels("one"), "label", "p_grignolino")
    label, share = cells(home.labels("wine"), "label", "p_grignolino")[100]
    assert alone == (label, pytest.approx(share, rel=1e-6))


@settings(max_examples=8, deadline=None)
@given(order=st.permutations(range(14)))
def test_columns_in_any_order_get_the_same_labels(tmp_path_factory, cellar, version, order):
    folder = tmp_path_factory.mktemp("permuted")
    permuted = [",".join(line.split(",")[place] for place in order) for line in (HEADER, *LINES)]
    label_anyway(write(folder / "wine.csv", *permuted[1:], header=permuted[0]), "wine", Home(folder), version)
    label_anyway(WINE, "wine", cellar, version)
    found = pq.read_table(Home(folder).labels("wine"))
    assert found.equals(pq.read_table(cellar.labels("wine")), check_metadata=False)


def test_csv_and_parquet_get_the_same_labels(tmp_path, home, version):
    pd.read_csv(WINE).to_parquet(tmp_path / "p.parquet", index=False)
    label_anyway(tmp_path / "p.parquet", "p", home, version)
    label_anyway(WINE, "wine", home, version)
    tables = [pq.read_table(home.labels(batch)).drop_columns("source") for batch in ("p", "wine")]
    assert tables[0].equals(tables[1])


def test_the_labels_say_what_they_were_made_from(tmp_path, home, version):
    source = write(tmp_path / "a.csv", LINES[0], with_cell(LINES[1], 5, "x"))
    label_anyway(source, "a", home, version)
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
        label_anyway(WINE, "wine", each, version)
    assert homes[0].labels("wine").read_bytes() == homes[1].labels("wine").read_bytes()
    assert homes[0].rejects("wine").read_bytes() == homes[1].rejects("wine").read_bytes()


def test_progress_is_told_every_row(home, version):
    told = []
    label_anyway(WINE, "wine", home, version, rows=50, progress=told.append)
    assert sum(told) == 178
    assert len(told) > 1


# --- what is there already


def test_the_same_bytes_and_model_are_unchanged_and_nothing_is_written(home, version):
    first = label_anyway(WINE, "wine", home, version)
    before = [path.stat() for path in (home.labels("wine"), home.rejects("wine"), home.report("wine"))]
    again = label_anyway(WINE, "wine", home, version)
    after = [path.stat() for path in (home.labels("wine"), home.rejects("wine"), home.report("wine"))]
    assert [(a.st_ino, a.st_mtime_ns) for a in before] == [(a.st_ino, a.st_mtime_ns) for a in after]
    assert (again.status, again.truth, again.accuracy) == ("unchanged", first.truth, first.accuracy)


def test_what_a_killed_run_left_is_removed_even_where_nothing_has_changed(home, version):
    label_anyway(WINE, "wine", home, version)
    (home.staging / "wine").mkdir()
    (home.staging / "wine.lock").touch()
    assert label_anyway(WINE, "wine", home, version).status == "unchanged"
    assert list(home.staging.iterdir()) == []


def test_a_version_that_was_never_weighed_is_made_again(home, version, monkeypatch):
    store = ModelStore(home.models("wine"))

    def die(*arguments):
        raise KeyboardInterrupt

    with monkeypatch.context() as killed:
        killed.setattr(ModelStore, "promote", die)
        with pytest.raises(KeyboardInterrupt):
            steps.train([WINE], home, seed=1, only_if_new=True)
    made = steps.train([WINE], home, seed=1, only_if_new=True)
    assert (made.version, made.promoted, store.champion()) == (2, True, 2)
    assert steps.train([WINE], home, seed=1, only_if_new=True).version == 2


def test_unchanged_stays_unchanged_with_replace(home, version):
    label_anyway(WINE, "wine", home, version)
    assert label_anyway(WINE, "wine", home, version, replace=True).status == "unchanged"


@pytest.mark.parametrize("lost", ["rejects", "report"])
def test_a_batch_that_has_lost_a_file_is_made_whole(home, version, lost):
    label_anyway(WINE, "wine", home, version)
    getattr(home, lost)("wine").unlink()
    assert label_anyway(WINE, "wine", home, version).status == "labelled"
    assert getattr(home, lost)("wine").is_file()


def test_changed_bytes_are_refused_unless_replaced(tmp_path, home, version):
    source = write(tmp_path / "a.csv", *LINES[:3])
    label_anyway(source, "a", home, version)
    before = published(home)
    write(source, *LINES[:4])
    with pytest.raises(SourceError, match=r"'a' is labelled already.*other bytes.*--replace"):
        label_anyway(source, "a", home, version)
    assert published(home) == before


def test_changed_bytes_replace_the_batch_whole(tmp_path, home, version):
    source = write(tmp_path / "a.csv", *LINES[:3], "1,2")
    label_anyway(source, "a", home, version)
    write(source, *LINES[10:12])
    batch = label_anyway(source, "a", home, version, replace=True)
    assert (batch.status, batch.rows) == ("labelled", 2)
    assert pq.read_metadata(home.labels("a")).num_rows == 2
    assert pq.read_metadata(home.rejects("a")).num_rows == 0


def test_another_model_is_refused_unless_replaced(home, version, other_version):
    label_anyway(WINE, "wine", home, version)
    before = published(home)
    with pytest.raises(SourceError, match=r"same bytes by version 1.*--replace"):
        label_anyway(WINE, "wine", home, other_version)
    assert published(home) == before


def test_another_model_replaces_the_batch(home, version, other_version):
    label_anyway(WINE, "wine", home, version)
    before = home.labels("wine").read_bytes()
    assert label_anyway(WINE, "wine", home, other_version, replace=True).status == "labelled"
    assert home.labels("wine").read_bytes() != before


def test_labels_that_are_none_of_ours_are_labelled_over(home, version):
    home.labels("wine").parent.mkdir(parents=True)
    home.labels("wine").write_text("not Parquet")
    assert label_anyway(WINE, "wine", home, version).status == "labelled"


# --- batches with little in them


@pytest.mark.parametrize("lines", [[], ["1,2,3", with_cell(LINES[0], 5, "x")]], ids=["header only", "all rejected"])
def test_a_batch_with_nothing_to_label_publishes_empty_labels(tmp_path, home, version, lines):
    batch = label_anyway(write(tmp_path / "a.csv", *lines), "a", home, version)
    assert (batch.rows, batch.labelled, batch.rejected) == (len(lines), 0, len(lines))
    assert (batch.truth, batch.accuracy) == (None, None)
    assert pq.read_table(home.labels("a")).schema.equals(labels_schema(TABLE))
    assert pq.read_metadata(home.labels("a")).num_rows == 0
    assert pq.read_metadata(home.rejects("a")).num_rows == len(lines)
    assert home.report("a").is_file()


# --- what may go wrong


@pytest.mark.parametrize("content", ["", "a,b\n1,2\n", "\x00\x01\x02"])
def test_a_refused_source_publishes_nothing(tmp_path, home, version, content):
    (tmp_path / "a.csv").write_text(content)
    with pytest.raises(SourceError):
        label_anyway(tmp_path / "a.csv", "a", home, version)
    assert published(home) == {}


def test_a_source_that_is_not_there_is_refused(tmp_path, home, version):
    with pytest.raises(SourceError, match=r"absent\.csv"):
        label_anyway(tmp_path / "absent.csv", "absent", home, version)


def test_a_source_that_changes_while_it_is_read_is_refused(tmp_path, home, version):
    source = write(tmp_path / "a.csv", *LINES)
    with pytest.raises(SourceError, match="changed while it was read"):
        label_anyway(source, "a", home, version, progress=lambda _: write(source, *LINES, LINES[0]))
    assert published(home) == {}


def test_an_error_in_the_middle_leaves_the_old_batch_whole(tmp_path, home, version):
    source = write(tmp_path / "a.csv", *LINES[:3])
    label_anyway(source, "a", home, version)
    before = published(home)
    write(source, *LINES)
    with pytest.raises(ZeroDivisionError):
        label_anyway(source, "a", home, version, replace=True, rows=20, progress=lambda _: 1 / 0)
    assert published(home) == before


@pytest.mark.parametrize("blocked", ["labels", "rejects", "reports"])
def test_a_folder_that_cannot_be_made_publishes_nothing(home, version, blocked):
    (home.folder / "data").mkdir(parents=True)
    (home.folder / "data" / blocked).write_text("a file where a folder is due")
    with pytest.raises(PublishError, match="cannot be written"):
        label_anyway(WINE, "wine", home, version)
    assert list(published(home)) == [f"data/{blocked}"]


def test_a_home_that_is_no_folder_is_refused(tmp_path, version):
    (tmp_path / "home").write_text("")
    with pytest.raises(PublishError, match="home: cannot be written"):
        label_anyway(WINE, "wine", Home(tmp_path / "home"), version)


UNWRITABLE = """
import json, os, resource, sys
from pathlib import Path
from data.publishing import PublishError
from flows import steps
from flows.home import Home
from models.store import ModelStore

def outcome(source, home):
    try:
        return steps.label(Path(source), "wine", Home(Path(home)), version, replace=True).status
    except PublishError as error:
        return f"PublishError: {error}"

version = ModelStore(Path(sys.argv[1])).load()
told = {}
for source, limit in ("short.csv", 10), ("short.csv", 1000), ("short.csv", 3000), ("long.csv", 20_000):
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
    label_anyway(WINE, "wine", Home(folder / "labelled"), version)
    before = published(Home(folder / "labelled"))
    (folder / "sealed").mkdir(mode=0o555)
    folder.chmod(0o755)
    command = [sys.executable, "-c", UNWRITABLE, str(cellar.models("wine"))]
    done = subprocess.run(command, cwd=folder, env=os.environ, capture_output=True, text=True, check=True)
    return json.loads(done.stdout), folder, before, done.stderr


@pytest.mark.parametrize("home", ["full-10", "full-1000", "full-3000", "full-20000"])
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


# --- the folders as others read them


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
        label_anyway(source, source.stem, home, version)
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
        assert steps.label(source, "a", home, version).status == status
    else:
        with pytest.raises(SourceError, match=r"3 of 10 rows would be rejected, more than 20%; .*magnesium"):
            steps.label(source, "a", home, version)
        assert not home.labels("a").exists()
