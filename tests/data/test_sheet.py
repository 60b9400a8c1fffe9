import csv
import shutil
import subprocess
from pathlib import Path

import pytest

from data.errors import SourceError
from data.sheet import check_ending, write_sheet
from data.spreadsheet import plain
from data.workbook import read_workbook

NAMES = ["batch", "row", "id", "hue", "proline", "how", "truth"]
IDS = [
    "007", "=1+1", "1E5", "2024-01-02", "-5", "+3", "@x", "12345678901234567890", "'abc", "TRUE", "MARCH1", "3/4",
    "1,5", "a;b", 'q"q', "ünï", "a\nb", "  a", "B-0017", "#N/A", "50%", "14:30",
]  # fmt: skip
VALUES = [0.1 + 0.2, 14.23, 1e-05, 1680.0, 2.3456789012345, -0.5, 123456789.12345678]
ROWS = [["2024-10", at, text, VALUES[at % len(VALUES)], 1065.0, "sampled", "barolo"] for at, text in enumerate(IDS)]
OFFICE = shutil.which("soffice")
COMMAS, SEMICOLONS = "44,34,76,1", "59,34,76,1"  # separator, quotes, UTF-8, from the first line


def read(path, separator=","):
    if path.suffix == ".xlsx":
        header, *rows = read_workbook(path)
    else:
        with path.open(encoding="utf-8-sig", newline="") as file:
            header, *rows = csv.reader(file, delimiter=separator)
    kept = [[plain(cell) for cell in row] for row in rows]
    return [header, *([*row[:1], int(row[1]), row[2], float(row[3]), float(row[4]), *row[5:]] for row in kept)]


def saved(path, ending, folder, *, opened=COMMAS, written=COMMAS):
    """A sheet as LibreOffice opens and saves it."""
    kind = ending if ending == "xlsx" else f"csv:Text - txt - csv (StarCalc):{written}"
    reading = [f"--infilter=Text - txt - csv (StarCalc):{opened}"] if path.suffix == ".csv" else []
    profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    words = [
        OFFICE,
        profile,
        "--headless",
        *reading,
        "--convert-to",
        kind,
        "--outdir",
        str(folder / "saved"),
        str(path),
    ]
    subprocess.run(words, check=True, capture_output=True, timeout=600)
    return folder / "saved" / f"{path.stem}.{ending}"


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_a_sheet_is_read_as_it_was_written(tmp_path, ending):
    path = tmp_path / f"sheet.{ending}"
    write_sheet(path, NAMES, ROWS)
    assert read(path) == [NAMES, *ROWS]


def test_a_text_sheet_has_a_mark_and_ends_its_lines_as_spreadsheets_do(tmp_path):
    write_sheet(tmp_path / "sheet.csv", NAMES, ROWS)
    content = (tmp_path / "sheet.csv").read_bytes()
    assert content.startswith(b"\xef\xbb\xbfbatch,row,")
    assert content.count(b"\r\n") == content.count(b"\n") == len(ROWS) + 1


@pytest.mark.skipif(OFFICE is None, reason="LibreOffice is not installed")
def test_a_text_sheet_that_libreoffice_opened_and_saved_again_and_again_comes_back_whole(tmp_path):
    path = tmp_path / "sheet.csv"
    write_sheet(path, NAMES, ROWS)
    once = saved(path, "csv", tmp_path, written=SEMICOLONS)
    assert read(once, ";") == [NAMES, *ROWS]
    again = Path(shutil.copy(once, tmp_path / "again.csv"))
    assert read(saved(again, "csv", tmp_path, opened=SEMICOLONS)) == [NAMES, *ROWS]
    assert read(saved(again, "xlsx", tmp_path, opened=SEMICOLONS)) == [NAMES, *ROWS]


@pytest.mark.skipif(OFFICE is None, reason="LibreOffice is not installed")
@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_a_workbook_that_libreoffice_opened_and_saved_comes_back_whole(tmp_path, ending):
    path = tmp_path / "sheet.xlsx"
    write_sheet(path, NAMES, ROWS)
    assert read(saved(path, ending, tmp_path)) == [NAMES, *ROWS]


@pytest.mark.parametrize("name", ["sheet", "sheet.ods", "sheet.csv.gz"])
def test_another_ending_is_refused(name):
    with pytest.raises(SourceError, match=r"no sheet; found the ending .*; name a file that ends in \.csv or \.xlsx"):
        check_ending(Path(name))
