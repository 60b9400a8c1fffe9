"""Inferred features: a column as the part of a table's file that declares it, with what was found in it beside."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from data.units import sure_unit
from flows.jobs.counts import counted
from flows.jobs.inferred_bounds import apart, bounds_of, written
from flows.jobs.inferred_looks import looks_like_marks, looks_like_names, looks_like_numbers
from flows.jobs.inferred_names import feature_name
from schemas.names import can_be_called
from schemas.toml_text import Part

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from data.profiles import Profile
    from schemas.toml_text import Value

FEW: Final = 10  # different whole numbers, which may well be codes
RARE: Final = 10  # rows, or one in twenty: a 0 or 1 that is rarer may be a count
RARE_SHARE: Final = 0.05
NEARLY_CONSTANT: Final = 0.99
NEARLY_TELLS: Final = 0.99  # of the rows whose class a column says by itself
UNSEEN: Final = 1 / 2000
"""The share of rows to come with a level that is not declared, above which that is a level of its own.

It is estimated as Good and Turing did: by the share of rows whose level occurs once.
"""


def feature_part(column: Profile, taken: Collection[str], copy: float) -> Part:
    """The part that declares a column.

    Args:
        column: What was found in it.
        taken: The names of all columns and features, without case, none of which it may have unless it is its own.
        copy: The share of rows whose class it says by itself.

    """
    name = feature_name(column.name, taken)
    known: list[tuple[str, Value]] = [("name", name)]
    known += [] if name == column.name else [("spellings", [column.name])]
    known += [("unit", unit)] if (unit := sure_unit(column.name)) else []
    doubts = [*_doubts(column)]
    if copy >= NEARLY_TELLS:
        doubts.append(f"it says the label by itself in {copy:.1%} of the rows")
    if is_category(column):
        return Part("[[features]]", (*known, *_levels(column)), tuple(_told_levels(column)), tuple(doubts))
    return Part("[[features]]", (*known, *_bounds(column)), (_told_numbers(column),), tuple(doubts))


def is_category(column: Profile) -> bool:
    """Whether a column is a category: of words, or of 0 and 1 alone, both of which occur often enough to be flags."""
    return column.kind == "category" or not column.numbers or _is_flag(column)


def _is_flag(column: Profile) -> bool:
    if not column.whole or column.distinct != 2 or (column.minimum, column.maximum) != (0, 1):  # noqa: PLR2004
        return False
    return column.kind == "number" and min(column.levels.values()) >= min(RARE, RARE_SHARE * column.present)


def _levels(column: Profile) -> Iterator[tuple[str, Value]]:
    yield "levels", [*filter(can_be_called, column.levels)]
    if column.missing:
        yield "missing", "level"
    if _expects_others(column) or _uncalled(column):
        yield "unseen", "level"


def _uncalled(column: Profile) -> int:
    """How many rows have a text that no level can be called."""
    return sum(count for level, count in column.levels.items() if not can_be_called(level))


def _bounds(column: Profile) -> Iterator[tuple[str, Value]]:
    low, high = bounds_of(column)
    yield "minimum", written(low)
    yield "maximum", written(high)
    if column.missing:
        yield "missing", "mean"


def _told_levels(column: Profile) -> Iterator[str]:
    levels = column.levels
    yield ", ".join(f"{level} {count:,}" for level, count in levels.items()) + _told_missing(column)
    if once := _once(column):
        rule = "a level of its own" if _expects_others(column) else "too few for a level of its own: rejected"
        share = f"about {once / column.present:.2%} of the rows to come have another"
        yield f"{once:,} of {len(levels):,} levels occur{'s' if once == 1 else ''} once, so {share}; {rule}"


def _told_numbers(column: Profile) -> str:
    kind = "whole numbers, " if column.whole else ""
    low, high = apart(column.minimum, column.maximum)
    return f"{kind}{low} to {high}{_told_missing(column)}"


def _told_missing(column: Profile) -> str:
    return f"; missing in {column.missing:,} of {column.rows:,} rows" if column.missing else ""


def _doubts(column: Profile) -> Iterator[str]:
    """What of a column could well be otherwise."""
    numeric = column.numbers == column.present and not column.padded
    commonest = max(column.levels.values(), default=0)
    if _is_flag(column):
        yield "0 and 1 alone: a category; a number, if they count something"
    elif is_category(column) and numeric:
        yield "numbers that are levels"
    elif not is_category(column) and column.whole and column.distinct <= FEW:
        yield f"{column.distinct} different whole numbers: a number; a category, if they are codes"
    if is_category(column) and (rows := _uncalled(column)):
        yield f"{counted(rows, 'row')} with a text that no level can be called, too long or not to be printed: unseen"
    if not is_category(column) and column.numbers < column.present:
        odd = column.present - column.numbers
        yield f"{counted(odd, 'cell')} that no number can be read from: rejected"
    yield from looks_like_numbers(column) if is_category(column) else looks_like_marks(column)
    yield from looks_like_names(column)
    if commonest >= NEARLY_CONSTANT * column.present:
        yield f"nearly the same everywhere, in {commonest:,} of {column.present:,} rows that have a value"


def _once(column: Profile) -> int:
    return sum(count == 1 for count in column.levels.values())


def _expects_others(column: Profile) -> bool:
    """Whether rows to come will have levels that are not declared, often enough to be one of their own."""
    return _once(column) >= UNSEEN * column.present > 0
