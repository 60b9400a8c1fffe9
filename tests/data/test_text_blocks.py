"""Rows and the lines that are none: each of those is a reject of its own, and the rows after it keep their numbers."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pandas.testing import assert_frame_equal

from data.layouts import TextLayout
from data.text import Encoding
from data.text_blocks import STAND_IN, read_blocks

FOOTER = "Total: 178 bottles"
MEAN = "mean,13.0,2.3,2.3,19.4,99,2.2,2.0,.36,1.59,5,0.95,2.6"
ODD = {
    "short": "1,2,3", "long": "1" + ",1" * 20, "footer": FOOTER, "mean": MEAN, "comment": "# the second half",
    "an open quote": '1,"2', "a quote in the middle": '1,2"3,4',
}  # fmt: skip


@pytest.mark.parametrize("rows", [1, 7, 131_072])
@pytest.mark.parametrize("at", [3, 11, 21])
@pytest.mark.parametrize("odd", ODD)
def test_a_line_that_is_no_row_is_one_reject(text_file, lines, read, odd, at, rows):
    found = read(text_file("\n".join([*lines[:at], ODD[odd], *lines[at:21]])), rows=rows)
    assert [(row, text) for row, _, text in found.malformed] == [(at - 1, ODD[odd])]
    assert found.frame.index.tolist() == [row for row in range(21) if row != at - 1]


def test_a_repeated_header_is_a_row_without_numbers(text_file, lines, read):
    found = read(text_file("\n".join([*lines[:90], lines[0], *lines[90:]])))
    assert found.frame.iloc[89, :13].isna().all()
    assert found.frame.drop(index=89).iloc[:, :13].notna().all().all()
    assert found.text.iloc[89].tolist() == lines[0].split(",")[1:]


@pytest.mark.parametrize("rows", [1, 2, 3, 50, 1000])
def test_a_newline_in_a_quoted_cell_is_no_new_row(text_file, lines, read, rows):
    content = lines[0] + ",note\n" + "".join(line + ',"first\n\nsecond, third"\n' for line in lines[1:21])
    found = read(text_file(content), rows=rows)
    assert found.malformed == []
    assert_frame_equal(found.frame, read(text_file("\n".join(lines[:21]))).frame, check_exact=True)


def test_a_row_quoted_into_a_note_is_never_read_as_a_bottle(text_file, lines, read):
    content = lines[0] + ",note\n" + "".join(f'{line},"was:\n{line},old\n"\n' for line in lines[1:61])
    assert len(read(text_file(content), rows=7).frame) == 60


def test_a_quote_that_is_never_closed_is_reported_alike_for_any_chunk_size(text_file, lines, read):
    content = [lines[0] + ",note", *(line + ",fine" for line in lines[1:])]
    content[50] = lines[50] + ',"never closed'
    path = text_file("\n".join(content) + "\n")
    whole, cut = read(path), read(path, rows=7)
    assert cut.malformed == whole.malformed
    assert_frame_equal(cut.frame, whole.frame, check_exact=True)


@pytest.mark.parametrize("rows", [7, 131_072])
def test_an_inch_mark_within_a_cell_is_no_quote(text_file, lines, read, rows):
    content = [
        lines[0] + ",note",
        lines[1] + ',a 5" label',
        *(line + ",fine" for line in lines[1:] * (1 if rows == 7 else 120)),
    ]
    found = read(text_file("\n".join(content) + "\n"), rows=rows)
    assert (len(found.frame), found.malformed) == (len(content) - 1, [])


@pytest.mark.parametrize("rows", [7, 131_072])
def test_a_quote_after_a_lone_cr_swallows_no_row(text_file, lines, read, rows):
    found = read(text_file("\r\r\n".join([*lines[:21], lines[21] + '\r"', *lines[22:40]])), rows=rows)
    assert [(row, reason) for row, reason, _ in found.malformed] == [(20, "quotes that do not fit")]
    assert found.frame.index.tolist() == [row for row in range(39) if row != 20]


@settings(max_examples=15)
@given(notes=st.lists(st.text(alphabet='",\nx', max_size=5), min_size=20, max_size=20))
def test_no_muddle_of_quotes_and_newlines_is_read_another_way_in_other_chunks(text_file, lines, read, notes):
    content = [lines[0] + ",note", *(f"{line},{note}" for line, note in zip(lines[1:21], notes, strict=True))]
    path = text_file("\n".join([*content, *(line + "," for line in lines[101:111])]) + "\n")
    whole, cut = read(path), read(path, rows=3)
    assert cut.malformed == whole.malformed
    assert_frame_equal(cut.frame, whole.frame, check_exact=True)


def blocks_of(text_file, text, width, *, size=1 << 20, separator=",", skip=0):
    layout = TextLayout(Encoding(None, 0, "utf-8", "\n"), separator, ".", skip, 10)
    return list(read_blocks(text_file(text), layout, width, size))


@pytest.mark.parametrize("size", [1, 7, 1000])
def test_blocks_hold_whole_rows_and_all_of_them(text_file, size):
    blocks = blocks_of(text_file, "a,b\n1,2\n3,4\n5,6", 2, size=size, skip=1)
    assert b"".join(block.rows for block in blocks).split() == [b"1,2", b"3,4", b"5,6"]
    assert all(len(block.rows.split(b",")) > 1 for block in blocks)


@pytest.mark.parametrize("size", [1, 7, 1000])
def test_lines_joined_by_a_quoted_cell_are_in_one_block(text_file, size):
    blocks = blocks_of(text_file, '1,"a\nb"\n2,c\n', 2, size=size)
    assert blocks[0].rows.startswith(b'1,"a\nb"\n')


def test_a_line_whose_quotes_do_not_fit_is_kept_aside_in_its_place(text_file):
    (block,) = blocks_of(text_file, '1,2\n3,"4" x\n5,6\n', 2)
    assert block.rows.split(b"\n")[:3] == [b"1,2", STAND_IN, b"5,6"]
    assert block.aside == [("quotes that do not fit", '3,"4" x')]


def test_blanks_between_cells_are_one(text_file):
    (block,) = blocks_of(text_file, " 1   2\t3 \n4 5  6\n", 3, separator=" ")
    assert block.rows == b"1 2 3\n4 5 6\n"


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("1,2\n\n3,4\n , \n5,6\n", 3),
        ("1,2\r\n\r\n3,4\r\n,,\r\n", 2),
        ('1,"2"\n\n"3",4\n""\n', 2),
        ("1,2\n\x1a\n", 2),
        ("1,2\r3,4\n", None),
        ('1,"a\nb"\n2,3\n', None),
        ('1,"a\rb"\n', None),
    ],
)
def test_rows_are_counted_without_parsing_them_or_not_at_all(text_file, text, count):
    assert [block.count for block in blocks_of(text_file, text, 2)] == [count]


@settings(max_examples=40)
@given(text=st.text(alphabet='1",\r\n\t ', max_size=24), size=st.sampled_from([1, 5, 100]))
def test_as_many_rows_are_counted_as_a_parser_finds(text_file, lines, read, text, size):
    found = read(text_file("\n".join([*lines[:21], text, lines[21]])), rows=size)
    numbers = [*found.frame.index, *(row for row, _, _ in found.malformed)]
    assert sorted(numbers) == [*range(len(numbers))]
