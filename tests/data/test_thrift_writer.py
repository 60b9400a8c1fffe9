"""What was read with its types is written as it was."""

from __future__ import annotations

import io

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from data.thrift import read_struct, read_typed
from data.thrift_writer import write_struct

FIELDS = [
    b"\0",
    b"\x11\0",
    b"\x12\0",
    b"\x13\x07\0",
    b"\x16\x80\x01\x15\x01\0",
    b"\x17" + b"12345678" + b"\0",
    b"\x05\xc8\x01\x0e\0",
    b"\x18\x03abc\0",
    b"\x19\x25\x05\x08\0",
    b"\x19\xf5\x14" + b"\x02" * 20 + b"\0",
    b"\x19\x21\x01\x02\0",
    b"\x19\x0c\0",
    b"\x1a\x1c\x15\x02\0\0",
    b"\x1c\x15\x02\0\x26\x01\0",
]


@pytest.mark.parametrize("content", FIELDS)
def test_a_field_of_every_type_is_written_as_it_was_read(content):
    assert write_struct(read_typed(content)) == content


def plain(value):
    """What was read with its types, without them."""
    if isinstance(value, dict):
        return {number: plain(each) for number, each in value.items()}
    if isinstance(value, list):
        return [plain(each) for each in value]
    return plain(value.value) if isinstance(value, tuple) else value


@pytest.mark.parametrize("content", FIELDS)
def test_types_are_all_that_is_read_beside_the_values(content):
    assert plain(read_typed(content)) == read_struct(content)[0]


@pytest.mark.parametrize("number", [0, 1, -1, 63, 64, -64, -65, 2**31 - 1, 2**62, -(2**63), 2**63 - 1])
def test_numbers_of_all_sizes_are(number):
    fields = read_typed(b"\x16\x02\0")
    content = write_struct({1: fields[1]._replace(value=number)})
    assert read_struct(content) == ({1: number}, len(content))


def test_the_footer_of_a_parquet_file_is():
    place = io.BytesIO()
    table = pa.table({"a": [1.5, None, 3.0], "b": ["x", "y", None], "c": [[1], [], [2, 3]]})
    pq.write_table(table, place, write_page_index=True, row_group_size=2, compression="gzip")
    content = place.getvalue()
    footer = content[-8 - int.from_bytes(content[-8:-4], "little") : -8]
    assert write_struct(read_typed(footer)) == footer
