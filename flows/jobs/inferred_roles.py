"""Inferred roles: which columns of a file are features, which names the rows, which are none of ours, and why."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Final

from data.label_names import words_of
from schemas.names import can_be_called, has_letters
from schemas.toml_text import UNSURE

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from data.profiles import Profile
    from data.profiling import Profiled

NAMING: Final = frozenset("guid id identifier ids index key no nr number rowid rownames uuid".split())  # noqa: SIM905
MOSTLY_MISSING: Final = 0.95
COPY: Final = 0.995  # of the rows whose label a column of as many texts as classes says by itself


@dataclass(frozen=True)
class Roles:
    """The features in the file's order, the column that names the rows, and those left out with the reason.

    What is left out stands in ``ignored`` by its name or, where it has none, in ``nameless`` by its place.
    """

    features: tuple[Profile, ...]
    identifier: Profile | None
    ignored: Mapping[str, str]
    nameless: Mapping[str, str]
    unsure: tuple[str, ...]


def find_roles(found: Profiled, label: Profile, copies: Mapping[int, float]) -> Roles:
    """What each column but the label is.

    Args:
        found: The columns.
        label: The one that says the class.
        copies: The share of rows whose class a column says by itself, by the place of the column.

    """
    others = [column for column in found.columns if column is not label]
    twice = Counter(column.name.casefold() for column in found.columns)
    reasons = {
        column.place: reason
        for column in others
        for reason in islice(_reasons(column, label, found, twice, copies.get(column.place, 0)), 1)
    }
    named = [column for column in others if found.layout.columns[column.place]]
    identifier = _identifier(named, twice)
    names = found.layout.columns
    features = tuple(column for column in others if column.place not in reasons and column is not identifier)
    left = {place: reason for place, reason in reasons.items() if not _is(identifier, place)}
    ignored = {names[place]: reason for place, reason in left.items() if names[place]}
    nameless = {found.layout.name_of(place): reason for place, reason in left.items() if not names[place]}
    return Roles(features, identifier, ignored, nameless, tuple(_doubts(identifier, ignored | nameless)))


def _reasons(column: Profile, label: Profile, found: Profiled, twice: Counter[str], copy: float) -> Iterator[str]:
    """Why a column is no feature; nothing where it is one."""
    if column.kind in ("constant", "category") and not any(map(can_be_called, column.levels)):
        yield f"{UNSURE}texts that no level can be called"
    if not found.has_names and column.kind in ("constant", "number", "category"):
        return  # columns without names are known by their places, among which none can be left out
    if twice[column.name.casefold()] > 1:
        yield "two columns of one name, but for case, cannot be told apart"
    if not has_letters(column.name):
        yield "its name has neither a letter nor a digit"
    if column.counts_rows:
        yield "it counts the rows"
    if column.present < (1 - MOSTLY_MISSING) * column.rows:
        yield f"missing in {column.missing:,} of {column.rows:,} rows"
    if copy >= COPY and column.distinct <= label.distinct:
        yield f"{UNSURE}it says what the label says, in {copy:.1%} of the rows"
    yield from _of_kind(column)
    if found.has_names and not found.layout.columns[column.place]:
        yield "it has no name"


def _of_kind(column: Profile) -> Iterator[str]:
    reasons = {
        "empty": "it cannot be read as text" if not column.rows else "nothing stands in it",
        "constant": f"the same everywhere: {column.examples[0]:.40}" if column.examples else "",
        "date": "dates",
        "text": f"{UNSURE}texts that mostly differ: {', '.join(each[:40] for each in column.examples)}",
    }
    if column.kind in reasons:
        yield reasons[column.kind]


def _identifier(columns: Sequence[Profile], twice: Counter[str]) -> Profile | None:
    """The column that names the rows: by its name, or else the first of words none of which occurs twice."""
    able = [column for column in columns if column.names_rows and twice[column.name.casefold()] == 1]
    named = [column for column in able if NAMING & {*words_of(column.name)[-1:]} or column.name.lower() == "id"]
    words = [column for column in able if column.kind == "text" and column.variety == 1 and not column.missing]
    return next(iter([*named, *words]), None)


def _is(identifier: Profile | None, place: int) -> bool:
    return identifier is not None and identifier.place == place


def _doubts(identifier: Profile | None, ignored: Mapping[str, str]) -> Iterator[str]:
    if identifier is not None and not NAMING & {*words_of(identifier.name)[-1:]}:
        yield f"{identifier.name} is taken for what names the rows: no two of its texts are equal"
    for name, reason in ignored.items():
        if reason.startswith(UNSURE):
            yield f"{name} is ignored: {reason.removeprefix('unsure: ')}"
