"""Rows of Parquet: all that the footer promises, no more at once than memory should hold, nothing that is not used."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from data import parquet_rows, statistics
from data.errors import SourceError
from data.parquet_rows import open_parquet
from data.reading import read_chunks, unparsed_chunks
from data.sniffing import sniff

UNREADABLE = {
    "far dates": pa.array([3_700_000] * 178, pa.date32()),
    "infinity": pa.array([2**63 - 1] * 178, pa.timestamp("us")),
    "a time zone that is not known": pa.array([0] * 178, pa.timestamp("us", "Mars/Olympus")),
    "bytes that are no text": pa.array([b"caf\xe9"] * 178).view(pa.string()),
    "durations": pa.array([1] * 178, pa.duration("ns")),
}


@pytest.fixture
def shipped(bottles):
    return pa.Table.from_pandas(bottles.astype(float), preserve_index=False)


@pytest.mark.parametrize("column", UNREADABLE.values(), ids=UNREADABLE)
def test_a_column_that_is_not_used_is_not_converted(tmp_path, shipped, read, column):
    pq.write_table(shipped.append_column("extra", column), tmp_path / "wine.parquet")
    assert len(read(tmp_path / "wine.parquet").frame) == 178


def test_an_id_that_is_no_text_makes_its_row_a_reject_with_the_bytes_shown(tmp_path, shipped, read):
    ids = pa.array([b"caf\xe9", *(b"B%d" % row for row in range(177))]).view(pa.string())
    pq.write_table(shipped.append_column("id", ids), tmp_path / "wine.parquet")
    found = read(tmp_path / "wine.parquet")
    assert found.malformed == [(0, "an id that is not UTF-8", "caf\\xe9")]
    assert found.frame["id"].iloc[0] == "B0"
    assert found.text["hue"].tolist() == [str(hue) for hue in shipped["hue"].to_pylist()[1:]]


def test_small_row_groups_are_read_together_and_large_ones_in_parts(tmp_path, shipped, monkeypatch):
    pq.write_table(shipped, tmp_path / "wine.parquet", row_group_size=7)
    with open_parquet(tmp_path / "wine.parquet") as opened:
        assert [batch.num_rows for batch in opened.batches(["hue"], 50)] == [50, 6, 50, 6, 50, 6, 10]
    monkeypatch.setattr(parquet_rows, "LARGEST_BATCH", 100)
    with open_parquet(tmp_path / "wine.parquet") as opened:
        assert max(batch.num_rows for batch in opened.batches(["hue", "ash"], 50)) < 10


def test_a_table_of_no_rows_has_none(tmp_path, shipped):
    pq.write_table(shipped.slice(0, 0), tmp_path / "wine.parquet")
    with open_parquet(tmp_path / "wine.parquet") as opened:
        assert [batch.num_rows for batch in opened.batches(["hue"], 50) if batch.num_rows] == []


def test_fewer_rows_than_the_footer_promises_are_refused(tmp_path, shipped, table, monkeypatch):
    pq.write_table(shipped, tmp_path / "wine.parquet")
    layout = sniff(tmp_path / "wine.parquet", table)
    real = pq.ParquetFile.iter_batches
    monkeypatch.setattr(pq.ParquetFile, "iter_batches", lambda *args, **options: list(real(*args, **options))[:1])
    with pytest.raises(SourceError, match=r"a damaged Parquet file; found 100 of the 178 rows its footer promises"):
        list(read_chunks(tmp_path / "wine.parquet", layout, rows=100))


def test_a_long_text_that_stands_once_is_not_held_for_each_row(tmp_path, shipped, read):
    """A thousand rows of it are a gigabyte, which pyarrow would make of the kilobytes the file has."""
    long = pa.DictionaryArray.from_arrays(pa.array([0] * 178, pa.int32()), pa.array(["x" * 1_000_000]))
    tables = [shipped.append_column("id", long)] * 6
    pq.write_table(pa.concat_tables(tables), tmp_path / "wine.parquet", store_schema=False)
    before = pa.default_memory_pool().max_memory()
    assert len(read(tmp_path / "wine.parquet").malformed) == 6 * 178
    assert pa.default_memory_pool().max_memory() < before + (200 << 20)


def test_ids_that_overflow_their_dictionary_are_read_all_the_same(tmp_path, shipped, read):
    ids = [f"B{number:040}" for number in range(178 * 20)]
    table = pa.concat_tables([shipped] * 20).append_column("id", pa.array(ids))
    pq.write_table(table, tmp_path / "wine.parquet", dictionary_pagesize_limit=1000, data_page_size=1000)
    assert read(tmp_path / "wine.parquet", rows=500).frame["id"].tolist() == ids


def test_pictures_beside_the_measurements_are_never_read(tmp_path, shipped, read):
    pictures = pa.array([b"%06d" % row * 100_000 for row in range(178)], pa.large_binary())
    pq.write_table(shipped.append_column("picture", pictures), tmp_path / "wine.parquet", use_dictionary=False)
    before = pa.default_memory_pool().max_memory()
    found = read(tmp_path / "wine.parquet")
    assert (len(found.frame), found.layout.ignored) == (178, ("picture",))
    assert pa.default_memory_pool().max_memory() <= max(before, 50 << 20)


def test_values_that_the_footer_denies_are_refused_where_they_are_parsed(tmp_path, shipped, table, monkeypatch):
    pq.write_table(shipped, tmp_path / "wine.parquet")
    layout = sniff(tmp_path / "wine.parquet", table)
    [unparsed] = unparsed_chunks(tmp_path / "wine.parquet", layout)
    monkeypatch.setattr(statistics, "_found", lambda _: (-1.0, 1.0))
    with pytest.raises(SourceError, match=r"wine.parquet: a damaged Parquet file; found other values of 'alcohol'"):
        unparsed.chunk()
