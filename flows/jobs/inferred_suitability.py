"""Inferred suitability: what speaks against a column as the label, whatever it is called."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from flows.jobs.counts import counted
from schemas.names import MOST_CLASSES, can_be_called

if TYPE_CHECKING:
    from collections.abc import Iterator

    from data.profiles import Profile

MOST_NUMBERS: Final = 20  # different whole numbers of a label, above which they are probably measured
FEW_NUMBERS: Final = 10  # that may be classes however few rows there are
NUMBER_ROWS: Final = 5  # of a class that is one of more numbers, on average
FEWEST_ROWS: Final = 2  # of a class, on average


def measured(column: Profile) -> Iterator[str]:
    """What says that a column is measured rather than one of several classes; nothing where it may well be these."""
    many, few = column.distinct > MOST_NUMBERS, column.present < NUMBER_ROWS * column.distinct
    if column.is_numeric and (many or (few and column.distinct > FEW_NUMBERS)):
        found = f"{column.distinct:,} different numbers in {counted(column.present, 'row')}"
        yield f"{found} are probably measured, and no classes: name another --label, or make classes of them"


def against(column: Profile) -> str:
    """Why a column that nobody named is not taken for the label, in words; empty where it could be."""
    if fault := fault_of(column):
        return fault
    if column.kind == "date":
        return "dates"
    if column.is_numeric and not column.whole:
        return "numbers that are not whole"
    if column.present <= column.missing:
        return f"missing in {column.missing:,} of {column.rows:,} rows"
    if column.present < FEWEST_ROWS * column.distinct:
        return f"{column.distinct:,} different texts in {counted(column.present, 'row')}, which are no classes"
    return ""


def fault_of(column: Profile) -> str:
    """Why a column can be no label, in words; empty where it can."""
    if column.distinct > MOST_CLASSES:
        return f"more than {MOST_CLASSES:,} different texts, which are no classes"
    if len(column.levels) < 2:  # noqa: PLR2004  there is nothing to predict
        return f"one class, {next(iter(column.levels))!r:.80}, in all rows" if column.levels else "no class in any row"
    odd = next((text for text in column.levels if not can_be_called(text)), None)
    return "" if odd is None else f"a text that no class can be called, {odd!r:.80}"
