"""A sheet: rows for a person to fill in, as a file that spreadsheets open and save without changing a cell."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING, Final

from data.errors import SourceError
from data.spreadsheet import guarded, guarded_cell, guarded_number, kept
from data.workbook import ENDING, check_workbooks, write_workbook

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

ENDINGS: Final = (".csv", ENDING)


def check_ending(path: Path) -> None:
    """SourceError where a sheet of this name cannot be written."""
    if path.suffix.lower() not in ENDINGS:
        message = f"{path}: no sheet; found the ending {path.suffix!r}; name a file that ends in {' or '.join(ENDINGS)}"
        raise SourceError(message)
    if path.suffix.lower() == ENDING:
        check_workbooks(path)


def write_sheet(path: Path, names: Sequence[str], rows: Iterable[Sequence[str | float]]) -> None:
    """Write rows under a header; texts are guarded, numbers that a spreadsheet would shorten become texts.

    A text file is UTF-8 with a mark, which Excel needs, and has commas and CRLF. In a workbook `007` is marked as text
    and looks as it is: a text file that is saved from it may be read, but not be opened in a spreadsheet again.
    """
    if path.suffix.lower() == ENDING:
        write_workbook(path, names, ([_typed(cell) for cell in row] for row in rows))
        return
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(names)
        writer.writerows([_written(cell) for cell in row] for row in rows)


def _typed(cell: str | float) -> str | float:
    if isinstance(cell, str):
        return guarded_cell(cell)
    return cell if kept(cell) else guarded_number(cell)


def _written(cell: str | float) -> str:
    return guarded(cell) if isinstance(cell, str) else guarded_number(cell)
