"""Damaged tables and other formats: refused in three parts, the second of them naming what the file looks like."""

from __future__ import annotations

import gzip
import json
import pickle
import sqlite3
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.feather
import pyarrow.parquet as pq
import pyarrow.parquet.encryption as pe
import pytest

import data
from data.layouts import SourceError, sniff

QUALITY = ["fixed acidity", "volatile acidity", "citric acid", "residual sugar", "chlorides", "free sulfur dioxide",
           "total sulfur dioxide", "density", "pH", "sulphates", "alcohol", "quality"]  # fmt: skip
WINE = pa.table({"alcohol": np.arange(100.0), "hue": np.arange(100.0)})


@pytest.fixture(scope="session")
def measured(bottles):
    return bottles.drop(columns="cultivar").astype(float)


@pytest.fixture(scope="session")
def refused(text_file, table):
    def message(content):
        with pytest.raises(SourceError) as refusal:
            sniff(text_file(content), table)
        assert str(refusal.value).count("; ") >= 2
        assert "\n" not in str(refusal.value)
        return str(refusal.value)

    return message


DAMAGED = {
    "z-scored": (lambda x: (x - x.mean()) / x.std(), "z-scored"),
    "min-max scaled": (lambda x: (x - x.min()) / (x.max() - x.min()), "scaled to 0 - 1"),
    "min-max scaled about 0": (lambda x: 2 * (x - x.min()) / (x.max() - x.min()) - 1, "scaled to -1 - 1"),
    "16 bits": (lambda x: ((x - x.min()) / (x.max() - x.min()) * 65535).round(), "scaled to 0 - 65535"),
    "x10": (lambda x: x * 10, "decimal points look lost"),
    "x100": (lambda x: x * 100, "decimal points look lost"),
    "one column x10": (lambda x: x.assign(hue=x["hue"] * 100), "decimal points look lost in hue"),
    "leading dots": (lambda x: x.where(x >= 1, 0), "leading-dot decimals"),
    "shifted left": (lambda x: x.set_axis([*x.columns[1:], "more"], axis=1), "one column off"),
    "shifted right": (lambda x: x.set_axis(["more", *x.columns[:-1]], axis=1), "one column off"),
}  # fmt: skip


@pytest.mark.parametrize("damage", DAMAGED)
def test_a_damaged_table_is_refused_by_what_it_looks_like(refused, measured, damage):
    change, words = DAMAGED[damage]
    assert words in refused(change(measured).to_csv(index=False))


@pytest.mark.parametrize("damage", [name for name in DAMAGED if "shifted" not in name and name != "leading dots"])
def test_a_damaged_table_without_a_header_is_refused_too(refused, measured, damage):
    change, _ = DAMAGED[damage]
    refused(change(measured).to_csv(index=False, header=False))


def test_wine_quality_is_another_table(refused):
    rows = [",".join(str(cell + row) for cell in range(12)) for row in range(30)]
    assert "wine quality" in refused("\n".join([",".join(QUALITY), *rows]))
    assert "wine quality" in refused("\n".join([";".join(QUALITY), *rows]).replace(",", ";"))


def sqlite(path):
    with sqlite3.connect(path) as connection:
        connection.execute("create table wine (alcohol real)")
    connection.close()
    return path.read_bytes()


def written(write):
    sink = pa.BufferOutputStream()
    write(WINE, sink)
    return sink.getvalue().to_pybytes()


OTHERS = {
    "ARFF": (b"% wine\n@RELATION wine\n@ATTRIBUTE class {1,2,3}\n@DATA\n1,2,3\n", "ARFF"),
    "JSON": (json.dumps([{"alcohol": 14.2}]).encode(), "JSON"),
    "JSON lines": (b'{"alcohol": 14.2}\n{"alcohol": 13}\n', "JSON"),
    "LIBSVM": (b"1 1:0.6 2:-0.5 3:0.1\n2 1:0.2 2:0.1\n", "LIBSVM"),
    "a Git LFS pointer": (b"version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 3\n", "Git LFS pointer"),
    "a compressed pointer": (gzip.compress(b"version https://git-lfs.github.com/spec/v1\n"), "Git LFS pointer"),
    "HTML": (b"<!DOCTYPE html>\n<html><body>404: Not Found</body></html>", "web page"),
    "XML": (b'<?xml version="1.0"?><rows/>', "XML"),
    "SQL": (b"CREATE TABLE wine (alcohol real);\n", "SQL"),
    "xlsx": (b"PK\x03\x04" + bytes(100), "xlsx"),
    "xls": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(100), "Excel"),
    "pickle": (pickle.dumps({"alcohol": [14.2]}), "pickle"),
    "Feather": (written(pa.feather.write_feather), "Feather"),
    "NumPy": (b"\x93NUMPY\x01\x00" + bytes(100), "NumPy"),
    "PDF": (b"%PDF-1.7\n%\xe2\xe3", "PDF"),
    "bzip2": (b"BZh91AY&SY" + bytes(20), "bzip2"),
    "encrypted Parquet": (b"PARE" + bytes(100) + b"PARE", "encrypted"),
    "bytes": (bytes(range(256)) * 4, "no text"),
    "nothing": (b"", "empty"),
    "blanks": (b" \n \n\n", "empty"),
    "a marked nothing": (b"\xef\xbb\xbf\n", "empty"),
    "one endless line": (b"1," * 200_000, "no whole line"),
}  # fmt: skip


@pytest.mark.parametrize("kind", OTHERS)
def test_another_format_is_named(refused, kind):
    content, words = OTHERS[kind]
    assert words in refused(content)


def test_a_database_is_named(refused, tmp_path):
    assert "SQLite" in refused(sqlite(tmp_path / "wine.db"))


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
