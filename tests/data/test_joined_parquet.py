"""Row groups encoded apart and joined, against one writer that has them all: byte for byte, in every pyarrow."""

from __future__ import annotations

import datetime as dt
import io
from itertools import pairwise

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data import parquet_file
from data.joined_parquet import JoinedParquet
from data.parquet_file import LARGEST_DICTIONARY, ROW_GROUP, ParquetFile, _options
from schemas.results import labels_schema, rejects_schema, reports_schema
from schemas.tables import get_table

WINE = get_table("wine")
METADATA = {"what": "labels", "which": "ü" * 200}
ROWS = [0, 1, 2, ROW_GROUP - 1, ROW_GROUP, ROW_GROUP + 1, 3 * ROW_GROUP + 5]


def made(schema, rows, seed=0):
    """Rows of any schema: numbers of all sizes, texts that repeat and such that do not, nulls where there may be."""
    rng = np.random.default_rng(seed)
    return pa.table([_column(field, rows, rng) for field in schema], schema=schema)


def _column(field, rows, rng):
    missing = rng.random(rows) < 0.1 if field.nullable else None
    if pa.types.is_dictionary(field.type):
        codes = pa.array(rng.integers(0, 3, rows), pa.int32(), mask=missing)
        return pa.DictionaryArray.from_arrays(codes, pa.array(["c", "a", "bb"]))
    if pa.types.is_string(field.type):
        return pa.array(np.char.add("cell ", rng.integers(0, 99_999, rows).astype(str)), pa.string(), mask=missing)
    if pa.types.is_boolean(field.type):
        return pa.array(rng.random(rows) < 0.3)
    if pa.types.is_floating(field.type):
        values = np.round(rng.random(rows), 3 if field.name == "typicality" else 16)
        return pa.array(values, field.type, mask=missing)
    if pa.types.is_timestamp(field.type):
        return pa.array([dt.datetime(2026, 1, 1, tzinfo=dt.UTC)] * rows, field.type)
    return pa.array(np.arange(rows) if field.name == "row" else rng.integers(0, 5, rows), field.type)


def by_one_writer(place, table, repeating=(), metadata=None, coded_anew=()):
    """What this package wrote before row groups were joined."""
    with pq.ParquetWriter(place, table.schema, **_options(table.schema, repeating)) as writer:
        for start in range(0, table.num_rows, parquet_file.ROW_GROUP):
            group = table.slice(start, parquet_file.ROW_GROUP).unify_dictionaries().combine_chunks()
            for name in coded_anew:
                texts = group[name].cast(pa.string()).combine_chunks().dictionary_encode()
                group = group.set_column(group.column_names.index(name), table.schema.field(name), texts)
            writer.write_table(group, row_group_size=parquet_file.ROW_GROUP)
        writer.add_key_value_metadata(metadata or {})
    return place.read_bytes()


def joined(place, tables, schema, repeating=(), metadata=None, coded_anew=()):
    with ParquetFile(place, schema, repeating, coded_anew=coded_anew) as file:
        for table in tables:
            file.write(table)
        file.close(metadata)
    return place.read_bytes()


SCHEMAS = {"labels": labels_schema(WINE), "rejects": rejects_schema(), "reports": reports_schema()}


@pytest.fixture(params=["1", "3"])
def _threads(request, monkeypatch):
    monkeypatch.setenv("WINE_LABELS_THREADS", request.param)


@pytest.mark.usefixtures("_threads")
@pytest.mark.parametrize("rows", ROWS)
@pytest.mark.parametrize("schema", SCHEMAS.values(), ids=SCHEMAS)
def test_the_bytes_are_those_of_one_writer(tmp_path, schema, rows):
    table = made(schema, rows)
    repeating = [name for name in schema.names if name == "typicality"]
    expected = by_one_writer(tmp_path / "one", table, repeating, METADATA)
    assert joined(tmp_path / "joined", [table], schema, repeating, METADATA) == expected
    pq.read_table(tmp_path / "joined", page_checksum_verification=True).validate(full=True)


@pytest.mark.parametrize("different", [1, 300, 10 * LARGEST_DICTIONARY])
def test_they_are_whether_dictionaries_hold_or_are_given_up(tmp_path, different):
    """Of the first row group alone, or of all."""
    schema = pa.schema([pa.field("share", pa.float32(), nullable=False), pa.field("more", pa.float64())])
    rows = np.arange(2 * ROW_GROUP)
    shares = np.where(rows < ROW_GROUP, rows % different, rows % 7)
    table = pa.table([pa.array(shares, pa.float32()), pa.array(shares / 7)], schema=schema)
    expected = by_one_writer(tmp_path / "one", table, ["share", "more"])
    assert joined(tmp_path / "joined", [table], schema, ["share", "more"]) == expected


def test_they_are_of_texts_coded_anew(tmp_path):
    schema = labels_schema(WINE)
    place = schema.get_field_index("label_set")
    tables = [
        made(schema, rows, rows).set_column(
            place,
            schema.field(place),
            pa.DictionaryArray.from_arrays(pa.array(np.arange(rows) % 2, pa.int32()), pa.array([f"{rows}", "same"])),
        )
        for rows in (5, ROW_GROUP, 7)
    ]
    expected = by_one_writer(tmp_path / "one", pa.concat_tables(tables), ["typicality"], coded_anew=["label_set"])
    assert joined(tmp_path / "joined", tables, schema, ["typicality"], coded_anew=["label_set"]) == expected


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("joined")


@settings(max_examples=40)
@given(rows=st.integers(0, 40), cuts=st.lists(st.integers(0, 40), max_size=6), count=st.integers(1, 4))
def test_they_are_however_many_rows_come_in_however_many_parts(folder, rows, cuts, count):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("WINE_LABELS_THREADS", str(count))
        patch.setattr(parquet_file, "ROW_GROUP", 7)
        table = made(SCHEMAS["labels"], rows)
        places = [0, *sorted(min(cut, rows) for cut in cuts), rows]
        parts = [table.slice(start, end - start) for start, end in pairwise(places)]
        expected = by_one_writer(folder / "one", table, (), METADATA)
        assert joined(folder / "joined", parts, table.schema, (), METADATA) == expected


def test_a_file_of_several_row_groups_is_a_part_as_one_of_a_single_group_is(tmp_path):
    schema, whole = SCHEMAS["labels"], io.BytesIO()
    table = made(schema, 5 * ROW_GROUP)
    expected = by_one_writer(tmp_path / "one", table)
    file = JoinedParquet(whole)
    for start, count in ((0, 2), (2, 0), (2, 3)):
        by_one_writer(tmp_path / "part", table.slice(start * ROW_GROUP, count * ROW_GROUP))
        with (tmp_path / "part").open("rb") as part:
            file.add(part)
    by_one_writer(tmp_path / "empty", schema.empty_table())
    with (tmp_path / "empty").open("rb") as empty:
        file.close(empty)
    assert whole.getvalue() == expected


def test_what_is_no_parquet_file_is_not_added():
    with pytest.raises(ValueError, match="no Parquet file"):
        JoinedParquet(io.BytesIO()).add(io.BytesIO(b"PAR1 and more"))
