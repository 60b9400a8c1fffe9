"""What the tests of the room share: the shipped rows as text, a writer of each kind of file, and a whole reading."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import data
from data.layouts import Layout, sniff
from data.reading import ROWS, read_chunks
from schemas._table import get_table


@dataclass(frozen=True, eq=False)
class Read:
    layout: Layout
    frame: pd.DataFrame
    text: pd.DataFrame  # the feature cells as they stood
    malformed: list[tuple[int, str, str]]


@pytest.fixture(scope="session")
def table():
    return get_table("wine")


@pytest.fixture(scope="session")
def bottles():
    return pd.read_csv(Path(data.__path__[0]) / "raw" / "wine.csv", dtype=str)


@pytest.fixture(scope="session")
def lines(bottles):
    return bottles.to_csv(index=False).splitlines()


@pytest.fixture(scope="session", params=["csv", "parquet"])
def source(request, tmp_path_factory):
    def write(frame):
        path = tmp_path_factory.mktemp("source") / f"wine.{request.param}"
        if request.param == "csv":
            frame.to_csv(path, index=False)
        else:
            pq.write_table(pa.Table.from_pandas(frame, preserve_index=False), path, row_group_size=40)
        return path

    return write


@pytest.fixture(scope="session")
def text_file(tmp_path_factory):
    def write(content):
        path = tmp_path_factory.mktemp("text") / "wine.csv"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return write


@pytest.fixture(scope="session")
def parquet_file(tmp_path_factory):
    def write(columns):
        path = tmp_path_factory.mktemp("parquet") / "wine.parquet"
        pq.write_table(pa.table(columns), path)
        return path

    return write


@pytest.fixture(scope="session")
def read(table):
    def whole(path, *, rows=ROWS):
        layout = sniff(path, table)
        chunks = list(read_chunks(path, layout, rows=rows))
        frames = [chunk.frame.astype({"truth": object} if "truth" in chunk.frame else {}) for chunk in chunks]
        text = [chunk.as_it_stood(np.arange(len(chunk.frame))) for chunk in chunks]
        malformed = [line for chunk in chunks for line in chunk.malformed]
        return Read(layout, pd.concat(frames), pd.concat(text, ignore_index=True), malformed)

    return whole
