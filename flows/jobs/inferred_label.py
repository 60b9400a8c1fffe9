"""The inferred label: which column of a file says the class, and why so."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from data.label_names import BESIDE, label_rank, words_of
from data.unknown import UNKNOWN
from flows.jobs.counts import counted
from flows.jobs.inferred_suitability import MOST_NUMBERS, against, fault_of, measured
from schemas.errors import TableError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from data.profiles import Profile

OUTCOMES: Final = frozenset(
    "churn churned cultivar default diagnosis grade income outcome quality response result species survived".split()  # noqa: SIM905
)
"""What a column that is to be predicted is often called, besides the words for a class."""
ASKING: Final = frozenset({"has", "is", "was", "will"})
SHOWN: Final = 8  # columns, in a message
NEAREST: Final = 3  # columns that are no label, in a message that says why
NO_NAME: Final = "no name says that it is"
CHOOSE: Final = "name the column that says the class with --label"


@dataclass(frozen=True)
class Label:
    """The column that says the class, how it was found, and whether it could well be another."""

    profile: Profile
    why: str
    unsure: tuple[str, ...] = ()


def find_label(columns: Sequence[Profile], stated: str | None) -> Label:
    """The column that is stated, or else the likeliest; TableError where it can be no label, or none is likely."""
    found = _guessed(columns) if stated is None else _stated(columns, stated)
    alike = [column for column in columns if column.name.casefold() == found.profile.name.casefold()]
    if len(alike) > 1:
        both = ", ".join(f"{column.name!r:.80} (column {column.place + 1})" for column in alike[:SHOWN])
        message = f"{len(alike)} columns have the label's name, but for case; found {both}; rename all but one"
        raise TableError(message)
    return found


def _stated(columns: Sequence[Profile], name: str) -> Label:
    found = [column for column in columns if column.name.casefold() == name.strip().casefold()]
    if not found:
        message = f"no column is called {name!r:.80}; found {_names(columns)}; {CHOOSE}"
        raise TableError(message)
    if fault := fault_of(found[0]):
        message = f"{name!r:.80} can be no label; found {fault}; {CHOOSE}"
        raise TableError(message)
    return Label(found[0], "as it was named", tuple(measured(found[0])))


def _guessed(columns: Sequence[Profile]) -> Label:
    able = [column for column in columns if not against(column)]
    for why, likely in _ways(columns, able):
        if likely:
            return Label(likely[0], why, tuple(_doubts(likely[0], why, able)))
    found = f"of {counted(len(columns), 'column')} {_with_reasons(columns)}"
    message = f"no column is likely to be the label; found {found}; {CHOOSE}"
    raise TableError(message)


def _with_reasons(columns: Sequence[Profile]) -> str:
    """The columns that come nearest to a label, each with what speaks against it."""
    nearest = sorted(columns, key=lambda column: (_rank(column) is None, column.is_numeric, -column.place))
    shown = ", ".join(f"{column.name!r:.80} ({against(column) or NO_NAME})" for column in nearest[:NEAREST])
    return shown + (f" and {len(columns) - NEAREST:,} more" if len(columns) > NEAREST else "")


def _ways(columns: Sequence[Profile], able: Sequence[Profile]) -> Iterator[tuple[str, Sequence[Profile]]]:
    """Ways to find the label, the surest first: each in words, and the columns that it gives, likeliest first."""
    named = [
        (any(measured(column)), rank, -column.place, column) for column in able if (rank := _rank(column)) is not None
    ]
    yield "by its name", [column for *_, column in sorted(named, key=lambda each: each[:3])]
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
    yield from measured(label)
    if why != "by its name":
        yield f"no name says which column is the label; {label.name} is {why}"
    rivals = [column for column in able if column is not label and _rank(column) is not None]
    if rivals:
        yield f"the label could be {_names(rivals)} as well, by name"


def _names(columns: Sequence[Profile]) -> str:
    more = f" and {len(columns) - SHOWN:,} more" if len(columns) > SHOWN else ""
    return ", ".join(f"{column.name!r:.80}" for column in columns[:SHOWN]) + more
