from dataclasses import fields, replace

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from schemas.record import Record

NAMES = [
    "schema_version", "table", "source", "source_sha256", "model_version", "model_sha256", "code_version", "rows",
    "labelled", "rejected", "columns",
]  # fmt: skip
RECORD = Record(1, "wine", "october.csv", "a" * 64, 3, "b" * 64, "0.1.0", 10, 8, 2, "")


@pytest.fixture
def entries():
    return {name.encode(): text.encode() for name, text in RECORD.metadata().items()}


def test_names_and_order_of_the_entries_are_those_of_published_files():
    assert [each.name for each in fields(Record)] == [*NAMES, "suspect"]
    assert list(RECORD.metadata()) == [f"wine_labels.{name}" for name in NAMES]
    assert list(replace(RECORD, suspect="x").metadata()) == list(Record.meanings())


def test_every_entry_has_a_meaning():
    assert all(Record.meanings().values())


@pytest.mark.parametrize("suspect", ["", "ash and hue look swapped"])
def test_what_is_recorded_is_read_back_from_a_file(tmp_path, suspect):
    record = replace(RECORD, source="Süd, 1.csv", columns="id,-,truth", suspect=suspect)
    schema = pa.schema([("row", pa.int64())], metadata=record.metadata())
    pq.write_table(schema.empty_table(), tmp_path / "a.parquet")
    assert Record.read(tmp_path / "a.parquet") == record


def test_other_entries_are_passed_over(entries):
    assert Record.parse(entries | {b"pandas": b"{}", b"wine_labels.more": b"1"}) == RECORD


@pytest.mark.parametrize("name", NAMES)
def test_an_entry_that_is_missing_is_named(entries, name):
    del entries[f"wine_labels.{name}".encode()]
    assert Record.missing(entries) == [f"wine_labels.{name}"]
    with pytest.raises(KeyError, match=name):
        Record.parse(entries)


def test_without_metadata_every_entry_is_missing():
    assert Record.missing(None) == [f"wine_labels.{name}" for name in NAMES]


def test_a_count_that_is_no_number_is_malformed(entries):
    with pytest.raises(ValueError, match="many"):
        Record.parse(entries | {b"wine_labels.rows": b"many"})


@pytest.mark.parametrize("content", [None, b"", b"PAR1", "of others"], ids=repr)
def test_a_file_that_is_none_of_ours_has_no_record(tmp_path, content):
    path = tmp_path / "a.parquet"
    if content == "of others":
        pq.write_table(pa.table({"row": [1]}), path)
    elif content is not None:
        path.write_bytes(content)
    assert Record.read(path) is None


def test_labels_record_what_they_were_made_from(published):
    record = Record.read(published / "some.parquet")
    assert (record.table, record.source, record.model_version) == ("wine", "some.csv", 1)
    assert (record.rows, record.labelled, record.rejected) == (178, 177, 1)
