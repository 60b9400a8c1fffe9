"""What the tests of the room share: the shipped rows as text, a writer of each kind of file, and a whole reading."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import data
from data.errors import SourceError
from data.layouts import CHUNK_ROWS
from data.reading import read_chunks
from data.sniffing import sniff
from schemas.tables import get_table

if TYPE_CHECKING:
    from data.chunks import Chunk
    from data.layouts import Layout


@dataclass(frozen=True, eq=False)
class Read:
    layout: Layout
    chunks: list[Chunk]

    @cached_property
    def frame(self):
        frames = [chunk.frame for chunk in self.chunks]
        return pd.concat([each.astype({"truth": object} if "truth" in each else {}) for each in frames])

    @cached_property
    def text(self):
        """The feature cells as they stood."""
        return pd.concat([each.as_it_stood(np.arange(len(each.frame))) for each in self.chunks], ignore_index=True)

    @property
    def malformed(self):
        return [line for chunk in self.chunks for line in chunk.malformed]


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
    def whole(path, *, rows=CHUNK_ROWS):
        layout = sniff(path, table)
        return Read(layout, list(read_chunks(path, layout, rows=rows)))

    return whole


@pytest.fixture(scope="session")
def renamed(text_file, lines):
    def write(rows=60, **names):
        header = [names.get(name, name) for name in lines[0].split(",")]
        return text_file("\n".join([",".join(header), *lines[1 : 1 + rows]]))

    return write


@pytest.fixture(scope="session")
def place(table, renamed):
    def of(feature, **names):
        return sniff(renamed(**names), table).features[feature]

    return of


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


@pytest.fixture(scope="session")
def four(bottles):
    return {name: pa.array(bottles[name].head(4).astype(float)) for name in bottles}
