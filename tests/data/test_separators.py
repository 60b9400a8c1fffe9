import numpy as np
import pytest

from data.separators import SEPARATORS, cut_cells, find_separator, to_number
from data.unknown import UNKNOWN

WORDS = {
    "a number in the header and in a class": ("vital 1 sign", "x", "species", "1.5", "1", "Class 2"),
    "no other number": ("at 2 hours", "colour", "species", "+", "dark red", "stage 2 of tumour"),
    "many numbers in words": ("1 2 3 sign", "x", "species", "1.5", "1", "Class 2 of 3 or 4"),
}


@pytest.mark.parametrize(
    ("line", "separator", "cells"),
    [
        ('a,"b, c",d', ",", ["a", "b, c", "d"]),
        ("  1.5   2  3 ", " ", ["1.5", "2", "3"]),
        ("", ",", []),
        ("a;b;", ";", ["a", "b", ""]),
        ("x" * 200_000 + ",1", ",", []),
    ],
)
def test_a_line_is_cut_into_its_cells(line, separator, cells):
    assert cut_cells(line, separator) == cells


@pytest.mark.parametrize(("cell", "decimal", "number"), [("1.5", ".", 1.5), ("1,5", ",", 1.5), (" 3 ", ".", 3)])
def test_a_cell_is_a_number_by_the_decimal_sign(cell, decimal, number):
    assert to_number(cell, decimal) == number


@pytest.mark.parametrize(("cell", "decimal"), [("1,5", "."), ("", "."), ("Barolo", ",")])
def test_what_is_no_number_is_nan(cell, decimal):
    assert np.isnan(to_number(cell, decimal))


@pytest.mark.parametrize("separator", SEPARATORS)
def test_the_separator_is_that_under_which_lines_are_rows_of_numbers(lines, table, separator):
    assert find_separator([line.replace(",", separator) for line in lines], table) == (separator, ".")


@pytest.mark.parametrize("separator", [";", "\t", "|"])
def test_a_decimal_comma_is_found_with_its_separator(lines, table, separator):
    commas = [line.replace(",", separator).replace(".", ",") for line in lines]
    assert find_separator(commas, table) == (separator, ",")


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
@pytest.mark.parametrize("words", WORDS)
def test_numbers_among_words_do_not_make_blanks_separators(words, separator):
    header, row = (separator.join(WORDS[words][at : at + 3]) for at in (0, 3))
    assert find_separator([header, *[row] * 60], UNKNOWN)[0] == separator


@pytest.mark.parametrize(
    ("lines", "found"), [("1,5 2,3 a", (" ", ",")), ("1.5 2.3 a", (" ", ".")), ("1, 2, a b", (",", "."))]
)
def test_blanks_separate_where_no_other_separator_does(lines, found):
    assert find_separator(["x y kind" if found[0] == " " else "x, y, kind", *[lines] * 60], UNKNOWN) == found
