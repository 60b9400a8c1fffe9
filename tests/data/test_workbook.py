import sys
from zipfile import ZipFile

import openpyxl
import pytest

from data import workbook
from data.errors import SourceError
from data.workbook import check_workbooks, read_workbook, write_workbook

TEXTS = ["007", "=1+1", "2024-01-02", "1E5", "TRUE", "  a ", "12345678901234567890"]


def test_texts_and_numbers_come_back_as_text_and_no_text_is_a_formula(tmp_path):
    path = tmp_path / "sheet.xlsx"
    write_workbook(path, ["id", "row", "hue"], [[text, 3, 0.5] for text in TEXTS])
    assert [*read_workbook(path)] == [["id", "row", "hue"], *([text, "3", "0.5"] for text in TEXTS)]
    sheet = openpyxl.load_workbook(path).active
    assert sheet.freeze_panes == "A2"
    assert {(cell.data_type, cell.number_format) for cell in sheet["A"]} == {("s", "@")}


def test_what_a_person_typed_is_text_too(tmp_path):
    path = tmp_path / "sheet.xlsx"
    book = openpyxl.Workbook()
    book.active.append([None, 2.0, True, 1e300])
    book.save(path)
    assert [*read_workbook(path)] == [["", "2", "TRUE", str(int(1e300))]]


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b"id,row\n"])
def test_what_is_no_workbook_is_refused(tmp_path, content):
    path = tmp_path / "sheet.xlsx"
    path.write_bytes(content)
    with pytest.raises(SourceError, match=r"no workbook that can be read; found .*; save it again"):
        [*read_workbook(path)]


def test_another_archive_is_refused_and_a_large_one_unread(tmp_path, monkeypatch):
    path = tmp_path / "sheet.xlsx"
    with ZipFile(path, "w") as archive:
        archive.writestr("a", "b" * 100)
    with pytest.raises(SourceError, match="no workbook that can be read"):
        [*read_workbook(path)]
    monkeypatch.setattr(workbook, "LARGEST", 99)
    with pytest.raises(SourceError, match="too large a workbook; found 100 bytes unpacked"):
        [*read_workbook(path)]


def test_without_the_extra_it_is_said_how_to_get_it(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "openpyxl", None)
    with pytest.raises(SourceError, match=r"found no package openpyxl.*; pip install 'wine-labels\[xlsx\]'"):
        check_workbooks(tmp_path / "sheet.xlsx")
