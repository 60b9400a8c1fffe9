from __future__ import annotations

import re

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data.text_parsing import parse_numbers, without_blanks

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


def test_a_malformed_line_says_how_many_columns_were_expected_and_found(text_file, lines, read):
    [(_, reason, _)] = read(text_file("\n".join([*lines[:3], "1,2,3"]))).malformed
    assert re.fullmatch(r"14 \w+ due, found 3", reason)


def test_ragged_and_mistyped_rows_of_one_chunk_do_not_disturb_each_other(text_file, lines, read):
    content = magnesium(lines, "127", "x", "101").splitlines()
    content.insert(2, "1,2,3")
    found = read(text_file("\n".join(content)))
    assert found.frame["magnesium"].head(3).fillna(-1).to_dict() == {0: 127, 2: -1, 3: 101}
    assert found.text["magnesium"].tolist()[:3] == ["127", "x", "101"]
    assert [row for row, _, _ in found.malformed] == [1]


@pytest.mark.parametrize(("cell", "expected"), CELLS.items(), ids=map(repr, CELLS))
def test_a_cell_is_the_same_number_whatever_stands_in_its_column(
    text_file, parquet_file, bottles, lines, read, cell, expected
):
    alone = read(text_file(magnesium(lines, cell))).frame.loc[0, "magnesium"]
    among_text = read(text_file(magnesium(lines, cell, "x"))).frame.loc[0, "magnesium"]
    in_parquet = read(parquet_file(with_magnesium(bottles.head(20), cell))).frame.loc[0, "magnesium"]
    np.testing.assert_array_equal([alone, among_text, in_parquet], expected)


@settings(max_examples=25)
@given(cell=st.text(alphabet="0123456789.+-eExXdf_ \t,infatyNA()\uff12\u0663\u00a0\u2212", max_size=6))
def test_chunk_size_never_changes_which_cells_are_numbers(text_file, lines, read, cell):
    alone = read(text_file(magnesium(lines, cell)))
    among_text = read(text_file(magnesium(lines, cell, "x")))
    np.testing.assert_array_equal(alone.frame.loc[0, "magnesium"], among_text.frame.loc[0, "magnesium"])
    assert alone.text.loc[0, "magnesium"] == among_text.text.loc[0, "magnesium"] == cell


@settings(max_examples=20)
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


@pytest.mark.parametrize("kind", [pa.string(), pa.large_string()], ids=str)
def test_numbers_are_parsed_by_the_sign_for_decimals(kind):
    found = parse_numbers(pa.array(["1,5", " ,25 ", "1.5", "-3", None, "x"], kind), ",")
    assert found.to_pylist() == [1.5, 0.25, 1.5, -3.0, None, None]


def test_a_text_of_blanks_is_null_and_any_other_stays_as_it_is():
    assert without_blanks(pa.array(["", " \t", " a ", None])).to_pylist() == [None, None, " a ", None]
