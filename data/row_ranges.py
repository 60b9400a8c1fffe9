"""Row ranges: consecutive row groups of a Parquet file that can be read apart from the others."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from data.footers import RowGroup


@dataclass(frozen=True)
class RowRange:
    """The row groups from one number to before another, and the numbers of their rows in the file."""

    groups: tuple[int, int]
    start: int
    end: int

    def __str__(self) -> str:
        """As people count rows."""
        return f"rows {self.start:,} to {self.end - 1:,}"


def together(groups: Sequence[RowGroup], rows: int, first: int = 0) -> Iterator[list[int]]:
    """The numbers of the row groups from the first on, as many together as hold so many rows."""
    numbers: list[int] = []
    held = 0
    for number in range(first, len(groups)):
        numbers.append(number)
        held += groups[number].rows
        if held >= rows or number == len(groups) - 1:
            yield numbers
            numbers, held = [], 0


def row_ranges(groups: Sequence[RowGroup], chunk: int, rows: int) -> list[RowRange]:
    """Ranges of so many rows or more, but for the last, of row groups that are read together in chunks of this size.

    So the chunks of the ranges are those of the file.
    """
    ranges: list[RowRange] = []
    first = start = end = 0
    for numbers in together(groups, chunk):
        end += sum(groups[number].rows for number in numbers)
        if end - start >= rows or numbers[-1] == len(groups) - 1:
            ranges.append(RowRange((first, numbers[-1] + 1), start, end))
            first, start = numbers[-1] + 1, end
    return ranges
