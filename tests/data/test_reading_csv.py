from __future__ import annotations

import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pandas.testing import assert_frame_equal

from data.layouts import sniff
from data.reading import read_chunks

NAN = float("nan")
CELLS = {
    "127": 127, " .5": 0.5, ".5 ": 0.5, "5.": 5, "+3": 3, "-3": -3, "1e3": 1000, "1.5E-1": 0.15, "00127": 127,
    "inf": np.inf, "-Infinity": -np.inf, "+inf": np.inf,
    "NaN": NAN, "nan": NAN, "-nan": NAN, "nan(1)": NAN, "": NAN, " ": NAN, "NA": NAN, "null": NAN, "?": NAN,
    "1_0": NAN, "0x10": NAN, "1,5": NAN, "1.5x": NAN, "1 000": NAN, "1e": NAN, ".": NAN, "+": NAN, "--1": NAN,
    "\uff11\uff12\uff17": NAN, "\u0663": NAN, "\u00bd": NAN, "True": NAN,
}  # fmt: skip


def magnesium(lines, *cells):
    """The header, a row for each cell, the cell quoted in the place of the magnesium, and twenty good rows."""
    rows = [line.split(",") for line in lines[1 : 1 + len(cells)]]
    quoted = [[*row[:5], f'"{cell}"', *row[6:]] for row, cell in zip(rows, cells, strict=True)]
    return "\n".join([lines[0], *map(",".join, quoted), *lines[101:121]]) + "\n"


def with_magnesium(frame, cell):
    return frame.assign(magnesium=[cell, *frame["magnesium"][1:]])


def test_the_headerless_layout_of_uci_keeps_its_first_bottle(text_file, bottles, lines, read):
    found = read(text_file("\n".join(lines[1:]) + "\n"))
    assert_frame_equal(found.frame, read(text_file("\n".join(lines) + "\n")).frame, check_exact=True)
    assert len(found.frame) == len(bottles)


@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"], ids=["plain", "marked"])
@pytest.mark.parametrize("newline", ["\n", "\r\n"], ids=["lf", "crlf"])
@pytest.mark.parametrize("header", [0, 1], ids=["header", "headerless"])
@pytest.mark.parametrize("end", ["", "newline", "blank"])
def test_marks_newlines_and_ends_change_nothing(text_file, lines, read, mark, newline, header, end):
    content = newline.join(lines[header:]) + {"": "", "newline": newline, "blank": 3 * newline}[end]
    found = read(text_file(mark + content.encode()))
    assert_frame_equal(found.frame, read(text_file("\n".join(lines) + "\n")).frame, check_exact=True)
    assert found.malformed == []


def test_blank_lines_are_no_rows(text_file, lines, read):
    found = read(text_file("\n".join([lines[0], "", lines[1], "", "", lines[2]])))
    assert found.frame.index.tolist() == [0, 1]
    assert found.malformed == []


@pytest.mark.parametrize("first", ["1,2,3", "," * 13, ",".join("x" * 14), "1" + ",?" * 13], ids=repr)
def test_a_first_row_that_is_no_good_is_a_row_all_the_same(text_file, lines, table, first):
    path = text_file("\n".join([lines[0], first, *lines[1:]]))
    layout = sniff(path, table)
    chunks = list(read_chunks(path, layout))
    assert sum(chunk.rows for chunk in chunks) == 179
    assert chunks[-1].frame.index[-1] == 178


@pytest.mark.parametrize("rows", [1, 2, 1000])
def test_ragged_lines_are_malformed_rows_and_later_rows_keep_their_numbers(text_file, lines, read, rows):
    content = [lines[0], lines[1], "", "1,2,3", lines[2], lines[3] + ",9", "", lines[4]]
    found = read(text_file("\n".join(content)), rows=rows)
    assert found.frame.index.tolist() == [0, 2, 4]
    assert found.frame["magnesium"].tolist() == [127, 100, 113]
    assert [(row, text) for row, _, text in found.malformed] == [(1, "1,2,3"), (3, lines[3] + ",9")]


def test_a_malformed_line_says_how_many_columns_were_due_and_found(text_file, lines, read):
    [(_, reason, _)] = read(text_file("\n".join([*lines[:3], "1,2,3"]))).malformed
    assert re.fullmatch(r"14 \w+ due, found 3", reason)


def test_ragged_and_mistyped_rows_of_one_chunk_do_not_disturb_each_other(text_file, lines, read):
    content = magnesium(lines, "127", "x", "101").splitlines()
    content.insert(2, "1,2,3")
    found = read(text_file("\n".join(content)))
    assert found.frame["magnesium"].head(3).fillna(-1).to_dict() == {0: 127, 2: -1, 3: 101}
    assert found.text["magnesium"].tolist()[:3] == ["127", "x", "101"]
    assert [row for row, _, _ in found.malformed] == [1]


def test_a_file_of_nothing_but_ragged_lines_has_no_frame_rows(text_file, lines, table):
    path = text_file("\n".join([lines[0], "1,2", "3"]))
    chunks = list(read_chunks(path, sniff(path, table)))
    assert sum(len(chunk.frame) for chunk in chunks) == 0
    assert [(row, text) for chunk in chunks for row, _, text in chunk.malformed] == [(0, "1,2"), (1, "3")]


@pytest.mark.parametrize(("cell", "due"), CELLS.items(), ids=map(repr, CELLS))
def test_a_cell_is_the_same_number_whatever_stands_in_its_column(
    text_file, parquet_file, bottles, lines, read, cell, due
):
    alone = read(text_file(magnesium(lines, cell))).frame.loc[0, "magnesium"]
    among_text = read(text_file(magnesium(lines, cell, "x"))).frame.loc[0, "magnesium"]
    in_parquet = read(parquet_file(with_magnesium(bottles.head(20), cell))).frame.loc[0, "magnesium"]
    np.testing.assert_array_equal([alone, among_text, in_parquet], due)


@settings(max_examples=40, deadline=None)
@given(cell=st.text(alphabet="0123456789.+-eExXdf_ \t,infatyNA()\uff12\u0663\u00a0\u2212", max_size=6))
def test_chunk_size_never_changes_which_cells_are_numbers(text_file, lines, read, cell):
    alone = read(text_file(magnesium(lines, cell)))
    among_text = read(text_file(magnesium(lines, cell, "x")))
    np.testing.assert_array_equal(alone.frame.loc[0, "magnesium"], among_text.frame.loc[0, "magnesium"])
    assert alone.text.loc[0, "magnesium"] == among_text.text.loc[0, "magnesium"] == cell


@settings(max_examples=30, deadline=None)
@given(value=st.floats(allow_nan=False))
def test_a_number_written_out_comes_back_to_the_last_bit(text_file, lines, read, value):
    alone = read(text_file(magnesium(lines, repr(value)))).frame.loc[0, "magnesium"]
    among_text = read(text_file(magnesium(lines, repr(value), "x"))).frame.loc[0, "magnesium"]
    assert alone == among_text == value


def test_quoted_cells_are_read_without_their_quotes(text_file, lines, read):
    quoted = [
        "cellar," + lines[0],
        *('"north, ""upper"" row",' + line for line in magnesium(lines, " 127 ").splitlines()[1:]),
    ]
    found = read(text_file("\n".join(quoted)))
    assert found.frame["magnesium"][0] == 127
    assert found.text["magnesium"][0] == " 127 "


@pytest.mark.parametrize("rows", [1, 2, 3, 50, 1000])
def test_a_newline_in_a_quoted_cell_is_no_new_row(text_file, lines, read, rows):
    content = lines[0] + ",note\n" + "".join(line + ',"first\n\nsecond, third"\n' for line in lines[1:61])
    found = read(text_file(content), rows=rows)
    assert found.malformed == []
    assert_frame_equal(found.frame, read(text_file("\n".join(lines[:61]))).frame, check_exact=True)


def test_a_row_quoted_into_a_note_is_never_read_as_a_bottle(text_file, lines, read):
    content = lines[0] + ",note\n" + "".join(f'{line},"was:\n{line},old\n"\n' for line in lines[1:61])
    assert len(read(text_file(content), rows=7).frame) == 60


def test_a_quote_that_is_never_closed_is_told_alike_for_any_chunk_size(text_file, lines, read):
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


@settings(max_examples=15, deadline=None)
@given(notes=st.lists(st.text(alphabet='",\nx', max_size=5), min_size=20, max_size=20))
def test_no_muddle_of_quotes_and_newlines_is_read_another_way_in_other_chunks(text_file, lines, read, notes):
    content = [lines[0] + ",note", *(f"{line},{note}" for line, note in zip(lines[1:21], notes, strict=True))]
    path = text_file("\n".join([*content, *(line + "," for line in lines[101:141])]) + "\n")
    whole, cut = read(path), read(path, rows=3)
    assert cut.malformed == whole.malformed
    assert_frame_equal(cut.frame, whole.frame, check_exact=True)
