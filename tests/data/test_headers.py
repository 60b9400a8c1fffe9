import pytest

from data.errors import TextError
from data.headers import find_header, first_row
from data.separators import cut_cells
from data.sniffing import sniff
from schemas.table_file import parse_table


def rows_of(lines, separator=","):
    return list(enumerate(cut_cells(line, separator) for line in lines))


@pytest.mark.parametrize("before", [[], ["Wine"], ["Wine", "", "UCI, 109"]])
def test_the_first_row_is_the_first_of_numbers_of_the_usual_width(lines, table, before):
    rows = rows_of([*before, *lines[:20]])
    assert first_row(rows, ".", table) == (len(before) + 1, 14)


def test_a_line_that_counts_the_columns_is_no_row(lines, table):
    counted = ",".join(str(at) for at in range(14))
    assert first_row(rows_of([counted, *lines[1:20]]), ".", table) == (1, 14)
    assert find_header([counted.split(",")], 14, ".", table, closed=False)[1:] == (1, "a header")


def test_names_are_taken_from_the_header_and_what_stands_before_it_is_counted(table):
    lines = [["Wine"], ["UCI"], ["a", " b  c ", "d"]]
    assert find_header(lines, 3, ".", table, closed=False) == (("a", "b c", "d"), 3, "a header after 2 other lines")


def test_without_a_header_names_are_blank(table):
    assert find_header([], 3, ".", table, closed=False) == (("", "", ""), 0, "no header")
    assert find_header([["178", "3"]], 14, ".", table, closed=False)[1:] == (1, "no header after 1 other line")


@pytest.mark.parametrize(("closed", "names"), [(False, ("", "a", "b")), (True, ("a", "b", ""))])
def test_a_header_one_name_short_lacks_the_row_names_or_the_column_after_the_last_separator(table, closed, names):
    assert find_header([["a", "b"]], 3, ".", table, closed=closed)[0] == names


def test_oranges_three_lines_are_names_types_and_roles(table):
    lines = [["hue", "wine"], ["c", "d"], ["", "class"]]
    assert find_header(lines, 2, ".", table, closed=False) == (("hue", "wine"), 3, "Orange's three header lines")


def test_a_header_of_another_width_is_refused_with_both(table):
    with pytest.raises(TextError, match=r"^the header does not fit the rows; found 9 names and 14 columns; repair the"):
        find_header([list("abcdefghi")], 14, ".", table, closed=False)


def test_many_lines_before_the_first_row_are_no_table(table):
    with pytest.raises(TextError, match=r"^not a table; found 4 lines before the first row of numbers, 'Dear all' fir"):
        find_header([["Dear all"], ["see"], ["below"], [""]], 14, ".", table, closed=False)


def test_a_header_of_numbers_is_one_where_these_are_declared(tmp_path):
    text = (
        'format = 1\nname = "years"\n[label]\nname = "kind"\n[[classes]]\nid = 0\nname = "a"\n[[classes]]\nid = 1\n'
        'name = "b"\n[[features]]\nname = "2019"\n[[features]]\nname = "2020"\n'
    )
    table = parse_table(text, "table.toml", tmp_path)
    (tmp_path / "a.csv").write_text("2019,2020,kind\n" + "3,4,a\n5,6,b\n" * 9)
    layout = sniff(tmp_path / "a.csv", table)
    assert (layout.columns, layout.text.skip, layout.label) == (("2019", "2020", "kind"), 1, 2)
