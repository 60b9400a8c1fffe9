"""Pages that would take more memory than they should are refused before they are unpacked."""

from __future__ import annotations

import io

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from data import page_headers
from data.errors import TextError
from data.footers import read_footer
from data.page_headers import check_pages


def written(**options):
    target = io.BytesIO()
    values = np.random.default_rng(0).random(5000)
    pq.write_table(pa.table({"hue": values, "id": values.astype(str)}), target, **options)
    return target.getvalue()


@pytest.mark.parametrize("compression", ["none", "snappy", "gzip", "zstd", "lz4", "brotli"])
@pytest.mark.parametrize("page", ["1.0", "2.0"])
@pytest.mark.parametrize("dictionary", [False, True])
def test_pages_of_every_kind_are_of_the_sizes_their_footer_says(compression, page, dictionary):
    content = written(
        compression=compression, data_page_version=page, use_dictionary=dictionary, data_page_size=5000,
        write_page_checksum=True,
    )  # fmt: skip
    for group in read_footer(io.BytesIO(content)).groups:
        check_pages(io.BytesIO(content), group.chunks.values())


def test_a_page_that_says_it_is_larger_than_its_chunk_is_refused():
    content = bytearray(written(use_dictionary=False, compression="none"))
    (group,) = read_footer(io.BytesIO(content)).groups
    place = group.chunks["hue"].start
    assert content[place : place + 3] == b"\x15\x00\x15"
    content[place + 3 : place + 6] = b"\xff\xff\xff"
    with pytest.raises(TextError, match="found a page of 'hue' of another size than its footer says"):
        check_pages(io.BytesIO(content), group.chunks.values())


def test_pages_that_are_too_large_together_are_refused(monkeypatch):
    monkeypatch.setattr(page_headers, "LARGEST_PAGES", 50_000)
    content = written(use_dictionary=False)
    (group,) = read_footer(io.BytesIO(content)).groups
    check_pages(io.BytesIO(content), [group.chunks["hue"]])
    with pytest.raises(TextError, match="too large pages; found 1"):
        check_pages(io.BytesIO(content), group.chunks.values())
