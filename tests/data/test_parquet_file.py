from __future__ import annotations

import threading
from itertools import pairwise

import duckdb
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data.parquet_file import LARGEST_DICTIONARY, ROW_GROUP, ParquetFile

SCHEMA = pa.schema(
    [
        pa.field("row", pa.int64(), nullable=False),
        pa.field("label", pa.dictionary(pa.int32(), pa.string())),
        pa.field("text", pa.string()),
        pa.field("share", pa.float32(), nullable=False),
    ]
)


def rows_of(count):
    return pa.table(
        {
            "row": pa.array(range(count), pa.int64()),
            "label": pa.array([("b", "a", None, "c")[row % 4] for row in range(count)]).dictionary_encode(),
            "text": pa.array([None if row % 7 == 0 else f"cell {row % 50}" for row in range(count)], pa.string()),
            "share": pa.array(np.arange(count) / 7, pa.float32()),
        },
        schema=SCHEMA,
    )


def written(path, parts, metadata=None, repeating=()):
    file = ParquetFile(path, SCHEMA, repeating)
    for part in parts:
        file.write(part)
    file.close(metadata)
    return path.read_bytes()


def split(table, cuts):
    places = [0, *sorted(cuts), table.num_rows]
    return [table.slice(start, end - start) for start, end in pairwise(places)]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("published")


@settings(max_examples=30)
@given(cuts=st.lists(st.integers(0, 300), max_size=12))
def test_any_split_of_the_same_rows_gives_the_same_bytes(folder, cuts):
    table = rows_of(300)
    assert written(folder / "cut", split(table, cuts)) == written(folder / "whole", [table])


@pytest.mark.parametrize("size", [40_000, ROW_GROUP - 1, ROW_GROUP, ROW_GROUP + 1])
def test_splits_of_several_row_groups_give_the_same_bytes(folder, size):
    table = rows_of(2 * ROW_GROUP + 5)
    cuts = range(size, table.num_rows, size)
    assert written(folder / "cut", split(table, cuts)) == written(folder / "whole", [table])
    groups = pq.read_metadata(folder / "cut")
    assert [groups.row_group(each).num_rows for each in range(groups.num_row_groups)] == [ROW_GROUP, ROW_GROUP, 5]


def test_dictionaries_made_part_by_part_give_the_same_bytes(folder):
    table = rows_of(300)
    place = table.schema.get_field_index("label")
    parts = [
        part.set_column(place, SCHEMA.field(place), part["label"].cast(pa.string()).dictionary_encode())
        for part in split(table, [1, 3, 100])
    ]
    assert written(folder / "cut", parts) == written(folder / "whole", [table])


def test_what_was_written_is_read_back(folder):
    written(folder / "a", split(rows_of(1000), [10, 500]))
    found = pq.read_table(folder / "a")
    found.validate(full=True)
    assert found.to_pylist() == rows_of(1000).to_pylist()


@pytest.mark.parametrize("count", [1, 2])
def test_no_more_row_groups_are_held_than_are_encoded_at_once_and_one(folder, monkeypatch, count):
    monkeypatch.setenv("WINE_LABELS_THREADS", str(count))
    group = rows_of(ROW_GROUP)
    before = pa.total_allocated_bytes()
    with ParquetFile(folder / "a", SCHEMA) as file:
        for _ in range(8):
            file.write(pa.table(pa.concat_batches(group.to_batches())))  # a copy
            assert pa.total_allocated_bytes() - before < (count + 2) * group.nbytes


@pytest.mark.parametrize("count", [1, 3])
def test_the_error_of_a_thread_is_raised_in_the_caller_and_no_thread_is_left(folder, monkeypatch, count):
    monkeypatch.setenv("WINE_LABELS_THREADS", str(count))
    running = threading.active_count()
    tables = [rows_of(ROW_GROUP).drop_columns("share")] * 5
    with pytest.raises((ValueError, pa.ArrowInvalid)), ParquetFile(folder / "a", SCHEMA) as file:
        [file.write(table) for table in tables]
    assert threading.active_count() == running


def test_a_flipped_byte_is_found_by_a_reader_that_asks(folder):
    content = bytearray(written(folder / "a", [rows_of(1000)]))
    column = pq.read_metadata(folder / "a").row_group(0).column(3)
    content[column.data_page_offset + column.total_compressed_size - 1] ^= 1
    (folder / "a").write_bytes(content)
    with pytest.raises(OSError, match="CRC checksum"):
        pq.read_table(folder / "a", page_checksum_verification=True)


def test_entries_stand_beside_the_schema(folder):
    written(folder / "a", [rows_of(3)], {"who": "wine-labels", "what": "ü"})
    metadata = pq.read_metadata(folder / "a").metadata
    assert (metadata[b"who"], metadata[b"what"]) == (b"wine-labels", "ü".encode())


def test_pandas_leaves_no_trace(folder):
    written(folder / "a", [rows_of(3)], {"who": "wine-labels"})
    assert b"pandas" not in pq.read_metadata(folder / "a").metadata


def test_every_column_is_compressed_with_zstd(folder):
    written(folder / "a", [rows_of(1000)])
    group = pq.read_metadata(folder / "a").row_group(0)
    assert {group.column(place).compression for place in range(group.num_columns)} == {"ZSTD"}


def test_numbers_have_statistics_and_text_has_none(folder):
    written(folder / "a", [rows_of(1000)])
    group = pq.read_metadata(folder / "a").row_group(0)
    columns = [group.column(place) for place in range(group.num_columns)]
    assert [column.path_in_schema for column in columns if column.is_stats_set] == ["row", "share"]


def test_every_column_is_in_an_encoding_that_spark_reads_too(folder):
    written(folder / "a", [rows_of(1000)], repeating=["share"])
    group = pq.read_metadata(folder / "a").row_group(0)
    found = {name for place in range(group.num_columns) for name in group.column(place).encodings}
    assert found <= {"PLAIN", "RLE", "RLE_DICTIONARY", "DELTA_BINARY_PACKED"}


@pytest.mark.parametrize("size", [1000, ROW_GROUP + 7])
@pytest.mark.parametrize("different", [10, 10 * LARGEST_DICTIONARY])
def test_floats_that_repeat_give_the_same_bytes_however_they_come(folder, size, different):
    table = rows_of(2 * ROW_GROUP)
    shares = pa.array(np.arange(table.num_rows) % different, pa.float32())
    table = table.set_column(3, SCHEMA.field("share"), shares)
    cuts = range(size, table.num_rows, size)
    assert written(folder / "cut", split(table, cuts), repeating=["share"]) == written(
        folder / "whole", [table], repeating=["share"]
    )
    assert pq.read_table(folder / "cut").equals(table)


def test_floats_of_few_values_take_less_where_they_are_said_to_repeat(folder):
    table = rows_of(ROW_GROUP)
    shares = np.random.default_rng(0).integers(1, 180, table.num_rows) / 179
    table = table.set_column(3, SCHEMA.field("share"), pa.array(shares, pa.float32()))
    sizes = [len(written(folder / "a", [table], repeating=names)) for names in (["share"], [])]
    assert sizes[0] < 0.8 * sizes[1]


def test_a_table_of_another_schema_is_not_taken(tmp_path):
    file = ParquetFile(tmp_path / "a", SCHEMA)
    file.write(rows_of(3).drop_columns("share"))
    with pytest.raises((ValueError, pa.ArrowInvalid)):
        file.close()


READERS = {
    "pyarrow": pq.read_table,
    "pandas": pd.read_parquet,
    "polars": pl.read_parquet,
    "duckdb": lambda path: duckdb.sql(f"from '{path}'").to_arrow_table(),
}


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize("parts", [[], [rows_of(0)]], ids=["no parts", "an empty part"])
def test_an_empty_file_is_a_table_to_every_reader(tmp_path, reader, parts):
    written(tmp_path / "empty.parquet", parts)
    found = READERS[reader](tmp_path / "empty.parquet")
    assert found.shape == (0, 4)
