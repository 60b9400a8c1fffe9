from __future__ import annotations

from decimal import Decimal

import numpy as np
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from data.layouts import SourceError, sniff
from data.reading import read_chunks

TENTHS = [127.5, 100.1, 0.3, 2.9]
KINDS = {
    "float64": pa.array(TENTHS),
    "text": pa.array(["127.5", "100.1", "0.3", "2.9"]),
    "large text": pa.array(["127.5", "100.1", ".3", " 2.9 "], pa.large_string()),
    "text view": pa.array(["127.5", "100.1", "0.3", "2.9"], pa.string_view()),
    "dictionary of text": pa.array(["127.5", "100.1", "0.3", "2.9"]).dictionary_encode(),
    "dictionary of numbers": pa.array(TENTHS).dictionary_encode(),
    "decimal": pa.array([Decimal("127.5"), Decimal("100.1"), Decimal("0.3"), Decimal("2.9")], pa.decimal128(12, 4)),
    "wide decimal": pa.array(
        [Decimal("127.5"), Decimal("100.1"), Decimal("0.3"), Decimal("2.9")], pa.decimal256(50, 4)
    ),
}


@pytest.fixture(scope="session")
def four(bottles):
    return {name: pa.array(bottles[name].head(4).astype(float)) for name in bottles}


@pytest.mark.parametrize("kind", KINDS)
def test_a_number_is_the_same_whatever_type_holds_it(parquet_file, four, read, kind):
    assert read(parquet_file(four | {"magnesium": KINDS[kind]})).frame["magnesium"].tolist() == TENTHS


@pytest.mark.parametrize("kind", [pa.int8(), pa.uint16(), pa.int32(), pa.int64(), pa.float16(), pa.float32()], ids=str)
def test_whole_numbers_of_any_width_are_read(parquet_file, four, read, kind):
    whole = pa.array([127, 100, 101, 113]).cast(kind)
    assert read(parquet_file(four | {"magnesium": whole})).frame["magnesium"].tolist() == [127, 100, 101, 113]


def test_nulls_and_nan_are_nan(parquet_file, four, read):
    holes = {"magnesium": pa.array([1, None, 3, 4]), "ash": pa.nulls(4), "hue": pa.array([1.0, np.nan, None, 1.0])}
    found = read(parquet_file(four | holes)).frame
    assert found[list(holes)].isna().sum().to_dict() == {"magnesium": 1, "ash": 4, "hue": 2}


@pytest.mark.parametrize("kind", KINDS)
def test_cells_of_every_type_have_a_text(parquet_file, four, read, kind):
    text = read(parquet_file(four | {"magnesium": KINDS[kind]})).text["magnesium"]
    assert text.astype(float).tolist() == TENTHS


def test_a_dictionary_of_text_keeps_what_is_no_number(parquet_file, four, read):
    found = read(parquet_file(four | {"magnesium": pa.array(["1", "1.5x", None, "1.5x"]).dictionary_encode()}))
    assert found.frame["magnesium"].isna().tolist() == [False, True, True, True]
    assert found.text["magnesium"].tolist()[:2] == ["1", "1.5x"]


@pytest.mark.parametrize("truth", [pa.array([1, 2, 3, 1]), pa.array(["1", "2", "3", "1"]).dictionary_encode()], ids=str)
def test_truth_of_any_type_is_text(parquet_file, four, read, truth):
    assert read(parquet_file(four | {"cultivar": truth})).frame["truth"].tolist() == ["1", "2", "3", "1"]


def with_repeated(path, columns, name):
    twice = [*columns.values(), pa.array(list("abcd")), pa.array(list("efgh"))]
    pq.write_table(pa.Table.from_arrays(twice, names=[*columns, name, name]), path)
    return path


def test_a_repeated_column_that_is_not_needed_does_no_harm(tmp_path, four, read):
    assert len(read(with_repeated(tmp_path / "wine.parquet", four, "note")).frame) == 4


@pytest.mark.parametrize("name", ["id", "hue"])
def test_a_repeated_column_that_is_needed_is_refused_by_name(tmp_path, four, table, name):
    with pytest.raises(SourceError, match=name):
        sniff(with_repeated(tmp_path / "wine.parquet", four, name), table)


def test_what_polars_writes_is_read(tmp_path, bottles, read):
    path = tmp_path / "wine.parquet"
    pl.DataFrame({name: bottles[name].tolist() for name in bottles}).write_parquet(path)
    found = read(path)
    assert found.frame["hue"].tolist() == bottles["hue"].astype(float).tolist()
    assert found.text["hue"].tolist() == bottles["hue"].tolist()


@pytest.mark.parametrize("kind", [pa.timestamp("us"), pa.list_(pa.int64())], ids=str)
def test_a_type_that_holds_no_number_is_refused(parquet_file, four, read, kind):
    with pytest.raises(SourceError, match="magnesium"):
        read(parquet_file(four | {"magnesium": pa.nulls(4).cast(kind)}))


def test_a_damaged_page_is_refused(tmp_path, four, table):
    path = tmp_path / "wine.parquet"
    pq.write_table(pa.table(four), path, write_page_checksum=True, compression="none", use_dictionary=False)
    column = pq.read_metadata(path).row_group(0).column(5)
    content = bytearray(path.read_bytes())
    content[column.data_page_offset + column.total_compressed_size - 1] ^= 1
    path.write_bytes(content)
    with pytest.raises(SourceError, match="cannot be read"):
        list(read_chunks(path, sniff(path, table)))


def test_a_file_cut_short_is_refused(parquet_file, four, table):
    path = parquet_file(four)
    path.write_bytes(path.read_bytes()[:-20])
    with pytest.raises(SourceError):
        sniff(path, table)
