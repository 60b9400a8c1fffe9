from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pyarrow.parquet.encryption as pe
import pytest

import data
from data.errors import SourceError
from data.sniffing import look, sniff

COLUMNS = pa.table({"alcohol": np.arange(100.0), "hue": np.arange(100.0)})


def written(write):
    sink = pa.BufferOutputStream()
    write(COLUMNS, sink)
    return sink.getvalue().to_pybytes()


def with_repeated(path, columns, name):
    twice = [*columns.values(), pa.array(list("abcd")), pa.array(list("efgh"))]
    pq.write_table(pa.Table.from_arrays(twice, names=[*columns, name, name]), path)
    return path


def test_a_missing_column_is_refused_by_name(source, bottles, table):
    with pytest.raises(SourceError, match="hue"):
        sniff(source(bottles.drop(columns="hue")), table)


def test_two_columns_for_one_feature_are_refused_by_both_names(source, bottles, table):
    with pytest.raises(SourceError, match=r"'hue'.*'HUE'"):
        sniff(source(bottles.assign(HUE="1")), table)


def test_a_file_that_is_not_there_is_refused(tmp_path, table):
    with pytest.raises(SourceError, match=r"absent\.csv"):
        sniff(tmp_path / "absent.csv", table)


@pytest.mark.parametrize(
    "content", [b"", b"\n\n", b"PAR1", b"\x89PNG\r\n\x1a\n\x00\xff", b"a,b\n1,2\n", b";", b",,\n,,\n"]
)
def test_what_is_no_table_of_wine_is_refused(text_file, table, content):
    with pytest.raises(SourceError):
        sniff(text_file(content), table)


@pytest.mark.parametrize("name", ["id", "hue"])
def test_a_repeated_column_that_is_needed_is_refused_by_name(tmp_path, four, table, name):
    with pytest.raises(SourceError, match=name):
        sniff(with_repeated(tmp_path / "wine.parquet", four, name), table)


def test_a_file_cut_short_is_refused(parquet_file, four, table):
    path = parquet_file(four)
    path.write_bytes(path.read_bytes()[:-20])
    with pytest.raises(SourceError):
        sniff(path, table)


@pytest.mark.parametrize("end", [5, 100, 1000, -1, -4, -9])
def test_a_truncated_parquet_file_is_refused(refused, end):
    assert "Parquet" in refused(written(pq.write_table)[:end])


class Keys(pe.KmsClient):
    """Keys wrapped by nothing: what is tested is a reader that has none."""

    def __init__(self, _):
        super().__init__()

    def wrap_key(self, key, _):
        return key

    def unwrap_key(self, key, _):
        return key


def test_a_parquet_file_with_an_encrypted_column_is_refused(refused, bottles, tmp_path):
    table = pa.Table.from_pandas(bottles.astype(float), preserve_index=False)
    how = pe.EncryptionConfiguration(footer_key="k", column_keys={"k": ["alcohol"]}, plaintext_footer=True)
    properties = pe.CryptoFactory(Keys).file_encryption_properties(pe.KmsConnectionConfig(), how)
    with pq.ParquetWriter(tmp_path / "a.parquet", table.schema, encryption_properties=properties) as file:
        file.write_table(table)
    assert "Parquet" in refused((tmp_path / "a.parquet").read_bytes())


def test_the_shipped_table_is_none_of_these(table):
    assert sniff(Path(data.__path__[0]) / "raw" / "wine.csv", table).columns[0] == "cultivar"


@pytest.mark.parametrize(
    "content",
    ["\n" * 1000 + "1,2\n", '\r"\n|\r"', "5\n\r1\n8\n3;1;6;4;0;7;1"],
    ids=["blank lines", "an open quote", "mixed line ends"],
)
def test_what_has_no_rows_of_cells_is_refused(refused, content):
    assert refused(content.encode())


def test_a_name_that_is_too_long_is_refused_and_one_of_many_blanks_takes_no_time(refused, lines):
    assert "a column name of more than 1,000 characters" in refused(("x" * 1001 + "\n".join(lines)).encode())
    assert "columns missing" in refused(("\n".join([f"alcohol{' ' * 60_000}x,b", *["1,2"] * 20])).encode())


def test_a_file_of_whose_table_nothing_is_known_is_read_all_the_same(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("kind;size;label\nfew words;1,5;a\nothers;2,5;b\n")
    layout = look(path)
    assert (layout.columns, layout.text.separator, layout.text.decimal) == (("kind", "size", "label"), ";", ",")
    assert (layout.features, layout.label, layout.identifier) == ({}, None, None)
