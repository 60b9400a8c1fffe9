"""Other formats: refused in three parts, the second of them naming what the file is."""

from __future__ import annotations

import gzip
import json
import pickle
import sqlite3

import numpy as np
import pyarrow as pa
import pyarrow.feather
import pytest

from data.formats import foreign_format, foreign_text

WINE = pa.table({"alcohol": np.arange(100.0), "hue": np.arange(100.0)})


def written(write):
    sink = pa.BufferOutputStream()
    write(WINE, sink)
    return sink.getvalue().to_pybytes()


def sqlite(path):
    with sqlite3.connect(path) as connection:
        connection.execute("create table wine (alcohol real)")
    connection.close()
    return path.read_bytes()


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


@pytest.mark.parametrize("line", ["1,14.23,1.71", "alcohol;hue", "# a comment", '"[quoted]",1', "1 14.2 3:5"])
def test_a_text_of_a_table_is_no_other_format(line):
    assert foreign_format(line.encode()) is None
    assert foreign_text(line) is None


def test_parquet_is_the_one_format_that_is_read():
    assert foreign_format(b"PAR1\x15\x04") == "parquet"
