"""Programs that know nothing of us read what we publish: as a file, as a folder, filtered, and while it is written."""

import shutil
import threading

import duckdb
import pandas as pd
import polars as pl
import pyarrow.dataset as ds
import pyarrow.parquet as pq
import pytest

from flows.state.home import Home
from models.store import ModelStore
from work import WINE, label

NAMES = ["row", "id", "label", "label_id", "confidence", "review", "truth", "model_version", "source"]
ROWS = 178 + 177 + 0 + 0


@pytest.fixture(scope="module")
def folder(trained_home, tmp_path_factory):
    """Labels of four batches: whole, with a reject, with all rows rejected, and of an input without rows."""
    home = Home.at(shutil.copytree(trained_home, tmp_path_factory.mktemp("readers") / "home"))
    version = ModelStore(home.models).load()
    text = WINE.read_text()
    header = text.splitlines()[0]
    for name, content in (
        ("whole", text),
        ("some", text.replace("14.23", "99")),
        ("none", f"{header}\n1{',-1' * 13}\n"),
        ("empty", f"{header}\n"),
    ):
        source = home.folder / f"{name}.csv"
        source.write_text(content)
        label(source, home, version, max_rejects=1, batch=name)
    return home.labels("whole").parent


def with_pandas(folder):
    return pd.read_parquet(folder)[NAMES]


def with_arrow(folder):
    return ds.dataset(folder, format="parquet").to_table(columns=NAMES).to_pandas()


def with_polars(folder):
    files = sorted(folder.glob("*.parquet"))
    return pl.concat([pl.read_parquet(file) for file in files]).select(NAMES).to_pandas()


def with_polars_lazily(folder):
    return pl.scan_parquet(folder).select(NAMES).collect().to_pandas()


def with_duckdb(folder):
    return duckdb.sql(f"select {', '.join(NAMES)} from '{folder}/*.parquet'").df()


READERS = [with_pandas, with_arrow, with_polars, with_polars_lazily, with_duckdb]


@pytest.mark.parametrize("read", READERS)
def test_every_reader_sees_the_same_rows_of_the_same_types(folder, read):
    expected = pq.read_table(folder).select(NAMES).to_pandas()
    found = read(folder)
    assert len(found) == ROWS
    assert found["confidence"].dtype == "float32"
    assert found["label_id"].dtype == found["model_version"].dtype == "int32"
    assert (found["row"].dtype, found["review"].dtype) == ("int64", "bool")
    order = ["source", "row"]
    left, right = (
        frame.astype(dict.fromkeys(("label", "truth", "source", "id"), "string"))
        .sort_values(order)
        .reset_index(drop=True)
        for frame in (expected, found)
    )
    pd.testing.assert_frame_equal(left, right, check_dtype=False)


def test_filters_reach_into_the_files(folder):
    counts = {
        "arrow": ds.dataset(folder).count_rows(filter=(ds.field("row") < 10) & (ds.field("label") == "barolo")),
        "polars": pl.scan_parquet(folder).filter((pl.col("row") < 10) & (pl.col("label") == "barolo")).collect().height,
        "duckdb": duckdb.sql(f"select * from '{folder}/*.parquet' where row < 10 and label = 'barolo'").df().shape[0],
        "pandas": len(pd.read_parquet(folder, filters=[("row", "<", 10), ("label", "==", "barolo")])),
    }
    assert set(counts.values()) == {10 + 9}


def test_row_groups_tell_their_rows_so_that_readers_may_pass_over_them(folder):
    statistics = pq.read_metadata(folder / "whole.parquet").row_group(0).column(1).statistics
    assert (statistics.min, statistics.max) == (0, 177)


def test_rejects_and_reports_are_read_as_folders_too(folder):
    for name in ("rejects", "reports"):
        place = folder.parent / name
        rows = {
            len(pd.read_parquet(place)),
            ds.dataset(place).count_rows(),
            pl.scan_parquet(place).collect().height,
            duckdb.sql(f"select count(*) from '{place}/*.parquet'").fetchall()[0][0],
        }
        assert len(rows) == 1


def test_a_folder_can_be_read_while_batches_are_published_into_it(folder, tmp_path):
    home = Home.at(shutil.copytree(folder.parents[1], tmp_path / "home"))
    version = ModelStore(home.models).load()
    stopped = threading.Event()

    def publish():
        number = 0
        while not stopped.is_set():
            source = tmp_path / f"batch-{number % 3}.csv"
            source.write_text(WINE.read_text() + "\n" * (number + 1))
            label(source, home, version, replace=True, batch=source.stem)
            number += 1

    publishing = threading.Thread(target=publish)
    publishing.start()
    seen = set()
    try:
        for _ in range(5):
            for read in (with_polars_lazily, with_duckdb, with_arrow):
                seen.add((len(read(home.labels("whole").parent)) - ROWS) % 178)
    finally:
        stopped.set()
        publishing.join()
    assert seen == {0}


@pytest.mark.filterwarnings("ignore")  # Spark's own, of pandas 3 and of sockets it leaves to the end
def test_spark_reads_the_same_rows(folder):
    spark_sql = pytest.importorskip("pyspark.sql", reason="Spark is not installed: pip install pyspark, with Java 17")
    spark = spark_sql.SparkSession.builder.master("local[1]").config("spark.ui.enabled", "false").getOrCreate()
    try:
        found = spark.read.parquet(str(folder))
        assert found.count() == ROWS
        kinds = dict(found.dtypes)
        assert (kinds["label"], kinds["confidence"], kinds["label_id"], kinds["row"]) == (
            "string",
            "float",
            "int",
            "bigint",
        )
        assert found.filter("row < 10 and label = 'barolo'").count() == 19
    finally:
        spark.stop()
