"""A footer that contradicts itself is refused; one that does not says what pyarrow says of the file."""

from __future__ import annotations

import io

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from data.errors import TextError
from data.footers import read_footer
from data.parquet_rows import open_parquet

TABLE = pa.table({"id": ["a", "b", None], "hue": [1.5, 2.5, 3.5], "notes": [["x"], [], None]})


def written(table=TABLE, **options):
    target = io.BytesIO()
    pq.write_table(table, target, **{"store_schema": False, "compression": "none", "use_dictionary": False} | options)
    return target.getvalue()


def test_rows_groups_and_sizes_are_those_pyarrow_reads():
    content = written(row_group_size=2)
    footer, metadata = read_footer(io.BytesIO(content)), pq.read_metadata(io.BytesIO(content))
    assert (footer.rows, [group.rows for group in footer.groups]) == (3, [2, 1])
    for group, number in zip(footer.groups, range(2), strict=True):
        for place, chunk in enumerate(group.chunks.values()):
            said = metadata.row_group(number).column(place)
            assert (chunk.path, chunk.packed) == (said.path_in_schema, said.total_compressed_size)
            assert (chunk.start, chunk.unpacked) == (said.data_page_offset, said.total_uncompressed_size)


def test_the_ends_of_a_column_are_known_where_they_are_exact():
    (group,) = read_footer(io.BytesIO(written())).groups
    assert (group.chunks["id"].least, group.chunks["id"].most) == (b"a", b"b")
    (group,) = read_footer(io.BytesIO(written(write_statistics=False))).groups
    assert (group.chunks["hue"].least, group.chunks["hue"].most) == (None, None)


def damaged(old, new, content=None):
    content = written() if content is None else content
    footer = content.rindex(b"schema")  # what stands before are pages
    assert old in content[footer:]
    return content[:footer] + content[footer:].replace(old, new, 1)


@pytest.mark.parametrize(
    ("old", "new", "finding"),
    [
        (b"\x18\x03hue", b"\x18\x03hua", "'hua' and 'hue' of one column"),
        (b"\x15\x0a\x25\x02\x18\x03hue", b"\x15\x08\x25\x02\x18\x03hue", "two types of 'hue'"),
        (b"\x16\x06\x19\x1c", b"\x16\x04\x19\x1c", "2 rows, and 3 in its row groups"),
        (b"\x18\x03hue\x15\x00\x16\x06", b"\x18\x03hue\x15\x00\x16\x04", "3 rows, and 2 values of 'hue'"),
        (b"\x25\x02\x18\x03hue", b"\x25\x04\x18\x03hue", "'hue' holds several values a row, outside of a list"),
        (b"\x15\x06\x00", b"\x15\x08\x00", "fewer columns than it counts"),
        (b"\x15\x06\x00", b"\x15\x04\x00", "more columns than it counts"),
    ],
)
def test_a_footer_that_contradicts_itself_is_refused(old, new, finding):
    with pytest.raises(TextError, match=f"^a damaged Parquet file; found a footer that says {finding}; write it again"):
        read_footer(io.BytesIO(damaged(old, new)))


@pytest.mark.parametrize("content", [b"", b"PAR1", b"PAR1\xff\xff\xff\xffPAR1", b"PAR1" + bytes(40) + b"PAR1"])
def test_what_has_no_footer_is_refused(content):
    with pytest.raises(TextError, match="damaged Parquet file"):
        read_footer(io.BytesIO(content))


def test_every_flipped_bit_of_a_footer_is_refused_or_changes_no_value(tmp_path):
    """But for what no reader can see: nothing, of a file with statistics and exact ends."""
    table = pa.table({"id": ["b", "a", "c"], "hue": [1.5, 2.5, 3.5]})
    content = bytearray(written(table))
    path, length = tmp_path / "a.parquet", int.from_bytes(content[-8:-4], "little")
    for bit in range(8 * (len(content) - 8 - length), 8 * len(content)):
        content[bit // 8] ^= 1 << bit % 8
        path.write_bytes(content)
        content[bit // 8] ^= 1 << bit % 8
        try:
            with open_parquet(path) as opened:
                found = pa.Table.from_batches(list(opened.batches(("id", "hue"), 9)))
        except (TextError, pa.ArrowException, OSError, KeyError):
            continue
        if found.schema == table.schema:
            assert found == table
