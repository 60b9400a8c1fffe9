"""Lines that are no rows: each is a reject of its own or nothing, and the rows after it keep their numbers."""

from __future__ import annotations

import gzip

import pytest

from data.layouts import SourceError
from data.text import LARGEST_LINE, sniff_encoding

FOOTER = "Total: 178 bottles"
MEAN = "mean,13.0,2.3,2.3,19.4,99,2.2,2.0,.36,1.59,5,0.95,2.6"
ODD = {
    "short": "1,2,3", "long": "1" + ",1" * 20, "footer": FOOTER, "mean": MEAN, "comment": "# the second half",
    "an open quote": '1,"2', "a quote in the middle": '1,2"3,4',
}  # fmt: skip


@pytest.mark.parametrize("rows", [1, 7, 131_072])
@pytest.mark.parametrize("at", [3, 90, 179])
@pytest.mark.parametrize("odd", ODD)
def test_a_line_that_is_no_row_is_one_reject(text_file, lines, read, odd, at, rows):
    found = read(text_file("\n".join([*lines[:at], ODD[odd], *lines[at:]])), rows=rows)
    assert [(row, text) for row, _, text in found.malformed] == [(at - 1, ODD[odd])]
    assert found.frame.index.tolist() == [row for row in range(179) if row != at - 1]


@pytest.mark.parametrize("blank", ["", "  ", "\t"])
@pytest.mark.parametrize("at", [1, 90, 179])
def test_a_blank_line_is_nothing(text_file, lines, read, blank, at):
    found = read(text_file("\n".join([*lines[:at], blank, blank, *lines[at:]])))
    assert len(found.frame) == 178
    assert found.frame.index.tolist() == list(range(178)) or found.malformed


def test_a_repeated_header_is_a_row_without_numbers(text_file, lines, read):
    found = read(text_file("\n".join([*lines[:90], lines[0], *lines[90:]])))
    assert found.frame.iloc[89, :13].isna().all()
    assert found.frame.drop(index=89).iloc[:, :13].notna().all().all()
    assert found.text.iloc[89].tolist() == lines[0].split(",")[1:]


@pytest.mark.parametrize("size", [1, 2, 3])
def test_line_ends_cut_in_two_by_a_block_are_still_one(text_file, lines, read, size):
    path = text_file("\r\r\n".join(lines).encode())
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
        (b"a,b\n", "utf-8, LF"),
        (b"\xef\xbb\xbfa\r\n", "utf-8 with a mark, CRLF"),
        ("a\r".encode("utf-16"), "utf-16-le with a mark, CR"),
        ("a,b,c\n".encode("utf-16-be"), "utf-16-be, LF"),
        (b"\xe1cido\r\r\n", "latin-1, CR CR LF"),
    ],
)
def test_an_encoding_is_told_in_words(head, words):
    assert str(sniff_encoding(head)) == words
