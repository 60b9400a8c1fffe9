from __future__ import annotations

import pyarrow as pa

from data.arrow_stream import table_of, tables_of, write_tables


def test_tables_are_read_back_one_by_one_each_with_its_own_dictionary(tmp_path):
    schema = pa.schema([("text", pa.dictionary(pa.int32(), pa.string())), ("number", pa.float64())])
    tables = [
        pa.table([pa.array(texts).dictionary_encode(), pa.array([float("nan")] * len(texts))], schema=schema)
        for texts in (["b", "a"], ["c", None, "b"], ["a"])
    ]
    write_tables(tmp_path / "some.arrow", schema, tables)
    found = [*tables_of(tmp_path / "some.arrow")]
    assert [table["text"].chunk(0).dictionary.to_pylist() for table in found] == [["b", "a"], ["c", "b"], ["a"]]
    assert [table["text"].to_pylist() for table in found] == [table["text"].to_pylist() for table in tables]


def test_of_no_tables_none_are_read(tmp_path):
    write_tables(tmp_path / "none.arrow", pa.schema([("a", pa.int64())]), [])
    assert [*tables_of(tmp_path / "none.arrow")] == []
    assert table_of(tmp_path / "none.arrow").schema.names == ["a"]
