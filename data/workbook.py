"""Workbooks: rows of cells as an .xlsx, and the first sheet of one as rows of text."""

from __future__ import annotations

import math
from datetime import date, datetime, time
from typing import IO, TYPE_CHECKING, Any, Final, cast
from zipfile import BadZipFile, ZipFile

from data.errors import SourceError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path
    from types import ModuleType

    from data.places import Place

ENDING: Final = ".xlsx"
TEXT: Final = "@"  # the format of cells that a spreadsheet does not take for anything else
LARGEST: Final = 1 << 28  # bytes, unpacked
MISSING: Final = "pip install 'wine-labels[xlsx]', or name a .csv"


def write_workbook(path: Path, names: Sequence[str], rows: Iterable[Sequence[str | float]]) -> None:
    """Write rows under a header that stays in sight, texts marked as text; SourceError without the extra `xlsx`."""
    openpyxl = _openpyxl(path)
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet("review")
    sheet.freeze_panes = "A2"
    for row in (names, *rows):
        sheet.append([_cell(sheet, value) for value in row])
    book.save(path)


def read_workbook(path: Place) -> Iterator[list[str]]:
    """The rows of the first sheet as text, its header among them; SourceError where there is none that can be read."""
    openpyxl = _openpyxl(path)
    try:
        with path.open("rb") as file, ZipFile(cast("IO[bytes]", file)) as archive:
            size = sum(each.file_size for each in archive.infolist())
        if size > LARGEST:
            message = f"{path}: too large a workbook; found {size:,} bytes unpacked; save its first sheet as CSV"
            raise SourceError(message)
        with path.open("rb") as file:
            book = openpyxl.load_workbook(file, read_only=True, data_only=True)
            try:
                for row in book.worksheets[0].iter_rows(values_only=True):
                    yield [_text(value) for value in row]
            finally:
                book.close()
    except (BadZipFile, KeyError, IndexError, ValueError, TypeError, SyntaxError) as error:
        if isinstance(error, SourceError):
            raise
        found = " ".join(str(error).split())[:200]
        message = f"{path}: no workbook that can be read; found {found or type(error).__name__}; save it again"
        raise SourceError(message) from error


def check_workbooks(path: Path) -> None:
    """SourceError where there is nothing that reads and writes workbooks."""
    _openpyxl(path)


def _openpyxl(path: Place) -> ModuleType:
    try:
        import openpyxl
    except ImportError as error:
        message = f"{path}: a workbook; found no package openpyxl, which reads and writes them; {MISSING}"
        raise SourceError(message) from error
    return openpyxl  # type: ignore[no-any-return]


def _cell(sheet: Any, value: str | float) -> Any:
    from openpyxl.cell import WriteOnlyCell

    cell = WriteOnlyCell(sheet, value)
    if isinstance(value, str):
        cell.data_type, cell.number_format = "s", TEXT  # else a text that begins with = would be a formula
    return cell


def _text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, float) and math.isfinite(value) and value.is_integer():
        return str(int(value))
    return value.isoformat() if isinstance(value, (datetime, date, time)) else str(value)
