"""The inferred label: which column of a file says the class, and why so."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from data.label_names import BESIDE, label_rank, words_of
from data.unknown import UNKNOWN
from flows.jobs.counts import counted
from flows.jobs.inferred_names import can_be_called
from schemas.errors import TableError
from schemas.names import MOST_CLASSES

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from data.profiles import Profile

OUTCOMES: Final = frozenset(
    "churn churned cultivar default diagnosis grade income outcome quality response result species survived".split()  # noqa: SIM905
)
"""What a column that is to be predicted is often called, besides the words for a class."""
ASKING: Final = frozenset({"has", "is", "was", "will"})
MOST_NUMBERS: Final = 20  # different whole numbers of a label that no name says is one
FEWEST_ROWS: Final = 2  # of a class, on average
SHOWN: Final = 8  # columns, in a message
CHOOSE: Final = "name the column that says the class with --label"


@dataclass(frozen=True)
class Label:
    """The column that says the class, how it was found, and whether it could well be another."""

    profile: Profile
    why: str
    unsure: tuple[str, ...] = ()


def find_label(columns: Sequence[Profile], stated: str | None) -> Label:
    """The column that is stated, or else the likeliest; TableError where it can be no label, or none is likely."""
    return _guessed(columns) if stated is None else _stated(columns, stated)


def _stated(columns: Sequence[Profile], name: str) -> Label:
    exactly = [column for column in columns if column.name == name]
    found = exactly or [column for column in columns if column.name.casefold() == name.strip().casefold()]
    if len(found) != 1:
        what = f"{len(found)} columns are" if found else "no column is"
        message = f"{what} called {name!r:.80}; found {_names(columns)}; {CHOOSE}"
        raise TableError(message)
    if fault := _fault(found[0]):
        message = f"{name!r:.80} can be no label; found {fault}; {CHOOSE}"
        raise TableError(message)
    return Label(found[0], "as it was named")


def _guessed(columns: Sequence[Profile]) -> Label:
    able = [column for column in columns if _is_able(column)]
    for why, likely in _ways(columns, able):
        if likely:
            return Label(likely[0], why, tuple(_doubts(likely[0], why, able)))
    found = f"of {counted(len(columns), 'column')} {_names(able or columns)}"
    if len(columns) == 1 and (fault := _fault(columns[0])):
        found = f"{columns[0].name!r:.80} alone, with {fault}"
    message = f"no column is likely to be the label; found {found}; {CHOOSE}"
    raise TableError(message)


def _ways(columns: Sequence[Profile], able: Sequence[Profile]) -> Iterator[tuple[str, Sequence[Profile]]]:
    """Ways to find the label, the surest first: each in words, and the columns that it gives, likeliest first."""
    named = [(rank, -column.place, column) for column in able if (rank := _rank(column)) is not None]
    yield "by its name", [column for _, _, column in sorted(named, key=lambda each: each[:2])]
    words = [column for column in able if not column.is_numeric]
    yield "the only column of words", words if len(words) == 1 else []
    ends = {"the last column": columns[-1], "the first column": columns[0]}
    yield from ((why, [column] if column in words else []) for why, column in ends.items())
    few = [column for column in able if column.distinct <= MOST_NUMBERS]
    yield from ((why, [column] if column in few else []) for why, column in ends.items())


def _rank(column: Profile) -> int | None:
    """How surely a column's name says that it is to be predicted, 0 surest; None where it does not."""
    words = {*words_of(column.name)} - BESIDE - ASKING
    return 2 if words and words <= OUTCOMES else label_rank(column.name, UNKNOWN)


def _doubts(label: Profile, why: str, able: Sequence[Profile]) -> Iterator[str]:
    """Why the label could well be another column."""
    if why != "by its name":
        yield f"no name says which column is the label; {label.name} is {why}"
    rivals = [column for column in able if column is not label and _rank(column) is not None]
    if rivals:
        yield f"the label could be {_names(rivals)} as well, by name"


def _is_able(column: Profile) -> bool:
    """Whether a column that nobody named could be the label."""
    often = column.present >= FEWEST_ROWS * column.distinct and column.present > column.missing
    return often and column.kind != "date" and not _fault(column) and (column.whole or not column.is_numeric)


def _fault(column: Profile) -> str:
    """Why a column can be no label, in words; empty where it can."""
    if column.distinct > MOST_CLASSES:
        return f"more than {MOST_CLASSES:,} different texts, which are no classes"
    if len(column.levels) < 2:  # noqa: PLR2004  there is nothing to predict
        return f"one class, {next(iter(column.levels))!r:.80}, in all rows" if column.levels else "no class in any row"
    odd = next((text for text in column.levels if not can_be_called(text)), None)
    return "" if odd is None else f"a text that no class can be called, {odd!r:.80}"


def _names(columns: Sequence[Profile]) -> str:
    more = f" and {len(columns) - SHOWN:,} more" if len(columns) > SHOWN else ""
    return ", ".join(f"{column.name!r:.80}" for column in columns[:SHOWN]) + more
