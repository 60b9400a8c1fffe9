import gzip

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from data import truth_tables
from data.errors import SourceError
from data.truth_files import is_truth_file, read_truth
from data.truth_tables import MISREAD
from data.workbook import write_workbook
from work import TABLE, WINE

ROWS = [("007", "barolo"), ("B,8", "grignolino"), ("9", None)]


def as_text(separator=",", encoding="utf-8-sig", end="\r\n"):
    lines = [["id", "truth"], *([each, truth or ""] for each, truth in ROWS)]
    quoted = [separator.join(f'"{cell}"' for cell in line) for line in lines]
    return (end.join(quoted) + end).encode(encoding)


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_text_of_any_kind_is_read(tmp_path, separator, encoding, end):
    path = tmp_path / "told.csv"
    path.write_bytes(as_text(separator, encoding, end))
    told = read_truth(path, TABLE)
    assert [*zip(told.text("id").to_pylist(), told.text("truth").to_pylist(), strict=True)] == ROWS
    assert (told.rows, told.malformed) == (3, 0)


def test_what_is_compressed_is_read(tmp_path):
    path = tmp_path / "told.csv.gz"
    path.write_bytes(gzip.compress(as_text()))
    assert read_truth(path, TABLE).rows == 3


@pytest.mark.parametrize("kind", [pa.string(), pa.dictionary(pa.int32(), pa.string())])
def test_parquet_is_read_whatever_its_types(tmp_path, kind):
    ids = pa.array([7, 8, 9], pa.int64())
    pq.write_table(
        pa.table({"id": ids, "truth": pa.array(["barolo", None, "3"]).cast(kind)}), tmp_path / "told.parquet"
    )
    told = read_truth(tmp_path / "told.parquet", TABLE)
    assert told.text("id").to_pylist() == ["7", "8", "9"]
    assert told.text("truth").to_pylist() == ["barolo", None, "3"]


def test_measurements_are_read_as_numbers_with_the_comma_that_goes_with_semicolons(tmp_path):
    path = tmp_path / "sheet.csv"
    path.write_text("batch;row;alcohol;truth\na;0;14,23;barolo\n")
    assert read_truth(path, TABLE).cells["alcohol"].to_pylist() == [14.23]


def test_lines_of_another_width_are_counted_and_left_out(tmp_path):
    path = tmp_path / "told.csv"
    path.write_text("id,truth\n1,barolo\n2,barolo,3\n")
    told = read_truth(path, TABLE)
    assert (told.rows, told.malformed, told.cells.num_rows) == (2, 1, 1)


def test_the_truth_is_settled_by_the_whole_column(tmp_path):
    path = tmp_path / "told.csv"
    path.write_text("id,class\n" + "".join(f"{row},{row % 3}\n" for row in range(9)))
    assert str(read_truth(path, TABLE).truth) == "truth counted from 0"


@pytest.mark.parametrize("content", [b"", b"\n\n", b"a,b\n1,2\n", b"\x00\x01", b"PK\x03\x04", b"PAR1xPAR1", b"id\n1\n"])
def test_what_is_no_truth_file_is_refused_in_a_line(tmp_path, content):
    path = tmp_path / "told.csv"
    path.write_bytes(content)
    assert not is_truth_file(path, TABLE)
    with pytest.raises(SourceError, match=r"told\.csv: .*; .*; ") as caught:
        read_truth(path, TABLE)
    assert "\n" not in str(caught.value)


def test_a_table_to_be_labelled_is_no_truth_file():
    assert not is_truth_file(WINE, TABLE)


def test_two_columns_of_one_name_are_refused(tmp_path):
    twice = pa.Table.from_arrays([pa.array([1]), pa.array(["barolo"]), pa.array([2])], names=["id", "truth", "id"])
    pq.write_table(twice, tmp_path / "told.parquet")
    with pytest.raises(SourceError, match="two columns of one name"):
        read_truth(tmp_path / "told.parquet", TABLE)


@pytest.mark.parametrize("name", ["told.csv", "told.parquet"])
def test_what_is_too_large_to_be_held_is_refused(tmp_path, monkeypatch, name):
    monkeypatch.setattr(truth_tables, "LARGEST", 100)
    path = tmp_path / name
    if name == "told.csv":
        path.write_text("id,truth\n" + "1,barolo\n" * 99)
    else:
        pq.write_table(pa.table({"id": range(999), "truth": ["barolo"] * 999}), path)
    with pytest.raises(SourceError, match=r"too large; .* 100 at most; split it"):
        read_truth(path, TABLE)


SHEET = [["batch", "row", "id", "alcohol", "truth", "by"], ["a", "0", "'007", "'14.230000000000004", "barolo", "=A"]]


def as_sheet(rows):
    return "".join(",".join(f'"{cell}"' for cell in row) + "\r\n" for row in rows)


def test_cells_of_a_sheet_are_what_they_were_before_they_were_guarded(tmp_path):
    path = tmp_path / "sheet.csv"
    path.write_text(as_sheet(SHEET), encoding="utf-8-sig")
    told = read_truth(path, TABLE)
    assert told.text("id").to_pylist() == ["007"]
    assert told.cells["alcohol"].to_pylist() == [14.230000000000004]


def test_an_apostrophe_in_a_file_that_is_no_sheet_belongs_to_the_id(tmp_path):
    path = tmp_path / "told.csv"
    path.write_text("id,truth\n'007,barolo\n")
    assert read_truth(path, TABLE).text("id").to_pylist() == ["'007"]


def test_a_sheet_whose_utf_8_was_taken_for_windows_1252_is_read_as_it_was(tmp_path):
    path = tmp_path / "sheet.csv"
    rows = [["batch", "row", "id", "truth"], ["öct", "0", "Flasche ä", "barolo"]]
    for number, text in enumerate([as_sheet(rows), as_sheet(rows).replace('"', "")]):
        written = ("\ufeff" + text).encode().decode("cp1252")
        quoted = written.replace(MISREAD + '"', '"' + MISREAD, 1) if number == 0 else written
        path.write_text(quoted, encoding="utf-8")
        assert is_truth_file(path, TABLE)
        told = read_truth(path, TABLE)
        assert (told.text("batch").to_pylist(), told.text("id").to_pylist()) == (["öct"], ["Flasche ä"])


def test_a_workbook_is_read_by_its_first_sheet(tmp_path):
    path = tmp_path / "sheet.xlsx"
    write_workbook(path, SHEET[0], [SHEET[1], ["a", "1", "8", "13.2", "", ""]])
    assert is_truth_file(path, TABLE)
    told = read_truth(path, TABLE)
    assert told.text("id").to_pylist() == ["007", "8"]
    assert told.text("truth").to_pylist() == ["barolo", None]
    assert told.cells["alcohol"].to_pylist() == [14.230000000000004, 13.2]


@pytest.mark.parametrize("rows", [[], [["a", "b"]], [["id", "truth"]]])
def test_a_workbook_without_truth_is_refused_or_empty(tmp_path, rows):
    path = tmp_path / "sheet.xlsx"
    write_workbook(path, rows[0] if rows else [], rows[1:])
    if rows == [["id", "truth"]]:
        assert read_truth(path, TABLE).rows == 0
        return
    assert not is_truth_file(path, TABLE)
    with pytest.raises(SourceError, match="no truth file"):
        read_truth(path, TABLE)


def test_of_parquet_only_columns_of_use_are_looked_at(tmp_path):
    path = tmp_path / "told.parquet"
    others = {"x": pa.array([[1]]), "y": pa.array([{"a": 1}]), "z": pa.array([b"\x00"])}
    pq.write_table(pa.table({"id": ["1"], "truth": ["barolo"], **others}), path)
    assert read_truth(path, TABLE).text("id").to_pylist() == ["1"]
    pq.write_table(pa.table({"id": ["1"], "truth": pa.array([["barolo"]])}), path)
    with pytest.raises(SourceError, match=r"no text or numbers in 'truth'; found the type list.*; write it as text"):
        read_truth(path, TABLE)
