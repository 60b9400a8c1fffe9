"""Parts written apart, wherever they are cut, and joined: byte for byte the file that is written at once."""

from __future__ import annotations

from itertools import pairwise

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data import parquet_file, parquet_part
from data.parquet_file import ParquetFile
from data.parquet_part import ParquetPart, Places, join

GROUP = 7
SCHEMA = pa.schema(
    [
        pa.field("row", pa.int64(), nullable=False),
        pa.field("label", pa.dictionary(pa.int32(), pa.string())),
        pa.field("set", pa.dictionary(pa.int32(), pa.string())),
        pa.field("share", pa.float32()),
    ]
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("parts")


def rows_from(start, count):
    """Rows of which one dictionary is always the same, and another that of these rows alone."""
    rows = range(start, start + count)
    labels = pa.DictionaryArray.from_arrays(pa.array([row % 3 for row in rows], pa.int32()), pa.array(["b", "a", "c"]))
    sets = pa.array([f"{row % 5}" for row in rows], pa.string()).dictionary_encode()
    columns = [pa.array(rows, pa.int64()), labels, sets, pa.array([row / 3 for row in rows], pa.float32())]
    return pa.table(columns, schema=SCHEMA)


def opened(path):
    return ParquetFile(path, SCHEMA, ["share"], coded_anew=["set"])


def part_of(folder, number, start, end, chunk):
    places = Places(*(folder / f"{number}-{name}" for name in Places._fields))
    with ParquetPart(places, SCHEMA, opened(places.groups), start) as part:
        for at in range(start, end, chunk):
            part.write(rows_from(at, min(chunk, end - at)))
        part.close()
    return places


@settings(max_examples=60)
@given(rows=st.integers(0, 50), cuts=st.lists(st.integers(0, 50), max_size=5), chunk=st.integers(1, 20))
def test_wherever_a_file_is_cut_its_parts_are_joined_to_the_same_bytes(folder, rows, cuts, chunk):
    places = [0, *sorted(min(cut, rows) for cut in cuts), rows]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(parquet_file, "ROW_GROUP", GROUP)
        patch.setattr(parquet_part, "ROW_GROUP", GROUP)
        with opened(folder / "whole") as file:
            file.write(rows_from(0, rows))
            file.close({"what": "labels"})
        parts = [part_of(folder, number, *ends, chunk) for number, ends in enumerate(pairwise(places))]
        with opened(folder / "joined") as file:
            for part in parts:
                join(file, part)
            file.close({"what": "labels"})
    assert (folder / "joined").read_bytes() == (folder / "whole").read_bytes()


def test_row_groups_are_not_put_behind_rows_that_wait(folder, monkeypatch):
    monkeypatch.setattr(parquet_file, "ROW_GROUP", GROUP)
    with opened(folder / "other") as other:
        other.write(rows_from(0, GROUP))
        other.close()
    with opened(folder / "file") as file, (folder / "other").open("rb") as part:
        file.write(rows_from(0, 1))
        with pytest.raises(AssertionError, match="rows that wait"):
            file.append(part)
