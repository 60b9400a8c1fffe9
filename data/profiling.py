"""Profiling: what stands in every column of a file of whose table nothing is known, read once from end to end."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from data.profiles import Profile, Tally
from data.sniffing import look
from data.text_columns import read_texts

if TYPE_CHECKING:
    from data.layouts import Layout
    from data.sources import Readable


@dataclass(frozen=True)
class Profiled:
    """The profiles of a file's columns in its order, how it is read, and how many of its lines are no rows."""

    layout: Layout
    columns: tuple[Profile, ...]
    malformed: int

    @property
    def rows(self) -> int:
        """How many rows could be read."""
        return max((column.rows for column in self.columns), default=0)

    @property
    def has_names(self) -> bool:
        """Whether the columns have names, of which some may be blank."""
        return any(self.layout.columns)


def profile(source: Readable) -> Profiled:
    """The profile of every column that can be written as text; SourceError where the file cannot be read.

    Memory grows with the columns, not with the rows.
    """
    layout = look(source)
    decimal = layout.text.decimal if layout.text else "."
    tallies = [Tally(place, layout.name_of(place), decimal) for place in range(len(layout.columns))]
    malformed = 0
    for read in read_texts(source, layout):
        malformed += read.malformed
        for place, column in read.columns.items():
            tallies[place].add(column)
    return Profiled(layout, tuple(tally.profile() for tally in tallies), malformed)
