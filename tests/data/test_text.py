from __future__ import annotations

import gzip

import pyarrow as pa
import pytest

from data.errors import SourceError, TextError
from data.text import LARGEST_LINE, compression_of, open_plain, read_lines, sniff_encoding


@pytest.mark.parametrize("size", [1, 2, 3])
def test_line_ends_cut_in_two_by_a_block_are_still_one(text_file, lines, read, size):
    path = text_file("\r\r\n".join(lines[:21]).encode())
    assert read(path, rows=size).frame.equals(read(path).frame)


@pytest.mark.parametrize("rows", [1, 131_072])
def test_a_line_too_long_is_refused_whatever_the_size_of_a_chunk(text_file, lines, read, rows):
    path = text_file("\n".join([*lines, "x" * (LARGEST_LINE + 1), *lines[1:]]))
    with pytest.raises(SourceError, match=r"more than 1,048,576 bytes; found b'xxx"):
        read(path, rows=rows)


@pytest.mark.parametrize("flipped", [12, 300, 1500])
def test_compressed_text_that_is_broken_is_refused_in_one_line(text_file, lines, read, flipped):
    content = bytearray(gzip.compress("\n".join(lines * 100).encode()))
    content[flipped] ^= 0xFF
    with pytest.raises(SourceError, match="cannot be read"):
        read(text_file(bytes(content)))


@pytest.mark.parametrize(
    ("head", "words"),
    [
        (b"a,b\n", "UTF-8, LF"),
        (b"\xef\xbb\xbfa\r\n", "UTF-8 with BOM, CRLF"),
        ("a\r".encode("utf-16"), "UTF-16 LE with BOM, CR"),
        ("a,b,c\n".encode("utf-16-be"), "UTF-16 BE, LF"),
        (b"\xe1cido\r\r\n", "Windows-1252, CR CR LF"),
    ],
)
def test_an_encoding_in_words(text_file, head, words):
    assert str(sniff_encoding(text_file(head), head)) == words


@pytest.mark.parametrize("head", [b"a,b\x00\n", b"\x01\x02,1", bytes(range(32))])
def test_bytes_that_are_no_text_are_refused(text_file, head):
    with pytest.raises(TextError, match=r"^not a table; found bytes that are no text; give a CSV or Parquet file"):
        sniff_encoding(text_file(head), head)


@pytest.mark.parametrize("size", [1, 2, 3, 1000])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r", "\r\r\n"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-be"])
def test_the_lines_are_the_same_whatever_the_encoding_the_line_ends_and_the_pieces(text_file, encoding, end, size):
    content = end.join(["é,1", "ñ,2", ""]).encode(encoding)
    path = text_file(content)
    found = b"".join(read_lines(path, sniff_encoding(path, content), size))
    assert found.decode().splitlines() == ["é,1", "ñ,2"]


@pytest.mark.parametrize("compression", ["gzip", "zstd", None])
def test_the_bytes_of_a_compressed_file_are_decompressed(text_file, compression):
    plain = b"1,2\n" * 1000
    packed = pa.compress(plain, compression, asbytes=True) if compression else plain
    path = text_file(packed)
    assert compression_of(packed[:8]) == compression
    with open_plain(path, compression) as file:
        assert file.read() == plain
