"""Names: what tables, features, classes and levels may be called, so that no file, path or page trips over one."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING, Final

from schemas.errors import TableError
from schemas.feature import as_number

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from schemas.feature import Feature

LONGEST: Final = 300  # characters
LARGEST: Final = 1e100
MOST_CLASSES: Final = 1000
TABLE_NAME: Final = re.compile(r"[a-z][a-z0-9_-]{0,39}")
DEVICES: Final = frozenset({"con", "prn", "aux", "nul"})
"""Names that Windows keeps for itself."""
RESERVED: Final = frozenset(
    {
        "batch", "row", "id", "label", "label_id", "label_set", "confidence", "typicality", "review", "truth", "by",
        "note", "how", "input", "unusual", "source", "source_sha256", "told_at", "class_index", "model_version", "at",
        "sampled", "fair",
    }
)  # fmt: skip
"""The columns that files of ours have beside features."""


def can_be_called(text: str) -> bool:
    """Whether a column, a class or a level can have this name."""
    return text.isprintable() and text == text.strip() and 0 < len(text) <= LONGEST


def has_letters(name: str) -> bool:
    """Whether there is a letter or a digit in a name, without which no column is known by it."""
    return re.search(r"[^\W_]", name) is not None


def check_table_name(name: str, where: str) -> None:
    """TableError where a table is called what no folder or key may be called."""
    if not TABLE_NAME.fullmatch(name) or name in DEVICES:
        rule = "lowercase letters, digits, - and _, a letter first, 40 at most"
        message = f"{where}: a table is called by {rule}; found {name!r:.80}; rename it"
        raise TableError(message)


def check_feature_names(names: Sequence[str], label: str, where: str) -> None:
    """TableError where features or the label cannot be told apart, or a name cannot be that of a column."""
    for name in (*names, label):
        _check_text(name, "a column's name", where)
        if not has_letters(name):
            message = f"{where}: a column is known by letters or digits; found {name!r:.80}; rename it"
            raise TableError(message)
    reserved = next((name for name in names if name.casefold() in RESERVED), None)
    if reserved is not None:
        message = f"{where}: a column of that name is written beside features; found the feature {reserved!r}"
        raise TableError(f"{message}; rename it, and keep {reserved!r} as its spelling")
    if both := _alike([*names, label]):
        message = f"{where}: two columns whose names differ in case alone, if at all; found {both}"
        raise TableError(f"{message}; rename one, and keep the name in the file as its spelling")


def check_class_names(classes: Mapping[str, Sequence[str]], where: str) -> None:
    """TableError where classes cannot be told apart by their names and spellings, or are too many."""
    if len(classes) > MOST_CLASSES:
        message = f"{where}: more than {MOST_CLASSES:,} classes; found {len(classes):,}; a label of so many is none"
        raise TableError(f"{message}; declare another label")
    _check_texts(classes, "classes", where)


def check_feature(feature: Feature, where: str) -> None:
    """TableError where what a feature says of its values contradicts itself."""
    what = f"{where}: {feature.name!r:.80}"
    bounded = [name for name in ("minimum", "maximum", "above", "below") if getattr(feature, name) is not None]
    if {"minimum", "above"} <= {*bounded} or {"maximum", "below"} <= {*bounded}:
        message = f"{what}: one bound below and one above; found {', '.join(bounded)}; remove one"
        raise TableError(message)
    if feature.is_category and bounded:
        message = f"{what}: a category has levels, a number has bounds; found both; remove {bounded[0]} or the levels"
        raise TableError(message)
    if too_large := [each for name in bounded if abs(each := getattr(feature, name)) > LARGEST]:
        message = f"{what}: a bound beyond which sums overflow; found {too_large[0]}; use another unit"
        raise TableError(message)
    low, high = feature.bounds
    if low > high or (low == high and (feature.above is not None or feature.below is not None)):
        message = f"{what}: no value lies within the bounds; found {low:g} and {high:g}; correct them"
        raise TableError(message)
    policies = ("reject", "level") if feature.is_category else ("reject", "mean")
    for name, value, allowed in (
        ("missing", feature.missing, policies),
        ("unseen", feature.unseen, ("reject", "level") if feature.is_category else ("reject",)),
    ):
        if value not in allowed:
            message = f"{what}: {name} must be {' or '.join(allowed)}; found {value!r:.80}; correct it"
            raise TableError(message)
    if feature.is_category:
        _check_levels(feature, what)


def _check_levels(feature: Feature, what: str) -> None:
    foreign = [name for name in feature.level_spellings if name not in feature.levels]
    if foreign:
        message = f"{what}: spellings of what is no level; found {foreign[0]!r:.80}; name a level"
        raise TableError(message)
    if len({*feature.levels}) < len(feature.levels):
        twice = Counter(feature.levels).most_common(1)[0][0]
        message = f"{what}: a level twice; found {twice!r:.80}; remove one"
        raise TableError(message)
    _check_texts({name: feature.level_spellings.get(name, ()) for name in feature.levels}, "levels", what)
    for at, name in enumerate(feature.levels):
        if (other := feature.level_index(name)) != at or (same := _same_number(name, feature.levels[:at])):
            both = f"{feature.levels[other] if other != at else same!r:.80} and {name!r:.80}"
            message = f"{what}: two levels are equal numbers; found {both}; remove one"
            raise TableError(message)


def _same_number(name: str, others: Sequence[str]) -> str:
    """The one of these texts that is the same number; empty where none is."""
    number = as_number(name)
    return next((each for each in others if number and as_number(each) == number), "")


def check_spellings(
    columns: Mapping[str, Sequence[str]], identifiers: Sequence[str], ignored: Sequence[str], where: str
) -> None:
    """TableError where a text names two of the columns, or the id as well, or one that is to be ignored."""
    owners: dict[str, str] = {}
    for name, spellings in columns.items():
        for text in {*map(_loosely, (name, *spellings))}:
            if (other := owners.setdefault(text, name)) != name:
                message = f"{where}: two columns are spelt {text!r:.80}; found {other!r:.80} and {name!r:.80}"
                raise TableError(f"{message}; take it from one of them")
    for text in identifiers:
        if (other := owners.setdefault(_loosely(text), "the id")) != "the id":
            message = f"{where}: two columns are spelt {text!r:.80}; found {other!r:.80} and the id"
            raise TableError(f"{message}; take it from one of them")
    if both := next((text for text in ignored if _loosely(text) in owners), None):
        message = f"{where}: a column that is used and ignored; found {both!r:.80}, for {owners[_loosely(both)]!r:.80}"
        raise TableError(f"{message}; take it from `ignored`")


def _check_texts(spelt: Mapping[str, Sequence[str]], kind: str, where: str) -> None:
    """TableError where two of these are spelt alike, or one cannot be told from a cell that is empty."""
    for name in spelt:
        _check_text(name, f"one of the {kind}", where)
    texts = [(each, name) for name, spellings in spelt.items() for each in {*map(_loosely, (name, *spellings))}]
    owners = Counter(each for each, _ in texts)
    twice = next((each for each, count in owners.items() if count > 1), None)
    if twice is not None:
        both = " and ".join(repr(name) for each, name in texts if each == twice)
        message = f"{where}: two {kind} are spelt alike but for case and blanks; found {both:.200}; rename one"
        raise TableError(message)


def _check_text(text: str, what: str, where: str) -> None:
    if not can_be_called(text):
        rule = f"no control characters, no blanks around it, {LONGEST} characters at most"
        message = f"{where}: {what} cannot be written as it is; found {text!r:.80}; {rule}: rename it"
        raise TableError(message)


def _alike(names: Sequence[str]) -> str:
    """Two names that differ in case alone; empty where there are none."""
    seen: dict[str, int] = {}
    for at, name in enumerate(names):
        if (other := seen.setdefault(name.casefold(), at)) != at:
            return f"{names[other]!r:.80} and {name!r:.80}"
    return ""


def _loosely(text: str) -> str:
    return text.strip().casefold()
