import pytest

from data.errors import ColumnError, TextError
from data.truth_tables import read_names, read_table
from data.workbook import write_workbook
from work import TABLE

NAMES = ["id", "truth"]


@pytest.fixture(params=["told.csv", "told.xlsx"])
def told(request, tmp_path):
    path = tmp_path / request.param
    if path.suffix == ".csv":
        path.write_text("id;truth\r\n007;barolo\r\n8;\r\n")
    else:
        write_workbook(path, NAMES, [["007", "barolo"], ["8", ""]])
    return path


def test_names_and_cells_are_those_of_the_file_whatever_its_kind(told):
    table = read_table(told, TABLE)
    assert [*table.names] == [*read_names(told, TABLE)] == NAMES
    assert table.columns[0].to_pylist() == ["007", "8"]
    assert table.columns[1].to_pylist() == ["barolo", ""]


def test_the_separator_is_the_one_that_makes_a_truth_file(tmp_path):
    path = tmp_path / "told.csv"
    path.write_text("id;a,b,c,d;truth\n1;x,y,z,w;barolo\n")
    table = read_table(path, TABLE)
    assert [*table.names] == ["id", "a,b,c,d", "truth"]
    assert table.decimal == ","


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b"SQLite format 3\x00"])
def test_what_is_no_table_is_an_error_of_its_own(tmp_path, content):
    path = tmp_path / "told.csv"
    path.write_bytes(content)
    with pytest.raises((TextError, ColumnError)):
        read_table(path, TABLE)
