"""Columns: which column of a table is which, by what they are called and by what stands in them.

Names come first: as they are declared, then as people spell them, then nearly so. Where names say nothing, places do:
the features in their order, with a label first or last and perhaps a row name before; but only if nearly every row
meets the plausible bounds in exactly one such arrangement. Names that the values contradict are an error.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import TYPE_CHECKING, Any, Final, Protocol

import numpy as np

from data.diagnosis import diagnose
from data.truth import Truth

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

NEARLY_ALL: Final = 0.9
MOST: Final = 0.5
FEWEST_ROWS: Final = 10  # fewer prove nothing
NEARLY_NAMED: Final = 0.83
SHORTEST_MISSPELT: Final = 6
MOST_NEARLY: Final = 200  # columns; in wider tables only names that are spelt right count
MOST_EXTRAS: Final = 2
IDENTIFIER: Final = re.compile(r"(wine|row|bottle|sample)?(id|ids|no|nr|index|number|name|names)")
ANONYMOUS: Final = re.compile(r"(unnamed)?(column|col|var|v|x|f|a|att|attr|attribute|feature|field|c)?0*\d*(level\d+)?")


class ColumnError(ValueError):
    """Columns that cannot be told apart."""


class Expected(Protocol):
    """What a reader must know of the table it looks for; `schemas` has such tables."""

    @property
    def features(self) -> tuple[str, ...]: ...  # noqa: D102
    @property
    def label(self) -> str: ...  # noqa: D102
    @property
    def bounds(self) -> Mapping[str, tuple[float, float]]: ...  # noqa: D102
    @property
    def spellings(self) -> Mapping[str, tuple[str, ...]]: ...  # noqa: D102
    @property
    def class_names(self) -> tuple[str, ...]: ...  # noqa: D102
    def class_index(self, text: str) -> int: ...  # noqa: D102


@dataclass(frozen=True)
class Columns:
    """The place of each feature among a table's columns, of its label (or one-hot labels) and id, and why so."""

    features: Mapping[str, int]
    label: int | None
    one_hot: tuple[int, ...]
    identifier: int | None
    why: str


@dataclass(frozen=True, eq=False)
class Head:
    """The first rows of a table: its column names (blank where it gives none) and its cells as text and as numbers."""

    names: tuple[str, ...]
    texts: Sequence[Sequence[str]]
    numbers: np.ndarray[Any, Any]  # (rows, columns), NaN where a cell is no number

    def column(self, place: int) -> list[str]:
        """The texts of a column."""
        return [row[place].strip() for row in self.texts]


def normalize(name: str) -> str:
    """A column name without what people vary: case, quotes, blanks, punctuation, leading ordinals."""
    plain = unicodedata.normalize("NFKC", name).casefold()
    return re.sub(r"[\W_]+", "", re.sub(r"^\s*\d+[.)]\s+", "", plain))


def resolve(head: Head, expected: Expected) -> Columns:
    """Which column is which; ColumnError where that cannot be told, or the values contradict the names."""
    named, loose = _by_name(head.names, expected)
    missing = [name for name in expected.features if name not in named]
    if not missing:
        why = "by name" + (f" ({', '.join(loose)})" if loose else "")
        return _finish(head, expected, {name: named[name] for name in expected.features}, named, why)
    filled = _between(head, expected, named)
    if filled:
        told = ", ".join(f"{head.names[place]!r} taken for {name}" for name, place in filled.items())
        everything = named | filled
        places = {name: everything[name] for name in expected.features}
        return _finish(head, expected, places, named, f"by name, and by place: {told}")
    return _by_place(head, expected, named, missing)


def state(head: Head, expected: Expected, stated: Sequence[str]) -> Columns:
    """The columns as a person states them, a meaning for each in the order of the file: a feature, truth, id or -."""
    meanings = [meaning.strip() for meaning in stated]
    allowed = {*expected.features, "truth", "id", "-"}
    if len(meanings) != len(head.names) or not allowed.issuperset(meanings):
        message = (
            f"--columns needs one of {', '.join(sorted(allowed))} for each of {len(head.names)} columns; "
            f"found {len(meanings)}: {', '.join(meanings)}"
        )
        raise ColumnError(message)
    repeated = [meaning for meaning in meanings if meaning != "-" and meanings.count(meaning) > 1]
    missing = [name for name in expected.features if name not in meanings]
    if repeated or missing:
        message = f"--columns must name every feature once; found {', '.join(repeated) or 'none'} twice; add {missing}"
        raise ColumnError(message)
    places = {name: meanings.index(name) for name in expected.features}
    label, identifier = (meanings.index(each) if each in meanings else None for each in ("truth", "id"))
    return Columns(places, label, (), identifier, "as stated by --columns")


def _by_name(names: Sequence[str], expected: Expected) -> tuple[dict[str, int], list[str]]:
    """The features and the label that names tell, and which of them only nearly so."""
    spelt = {
        name: {normalize(each) for each in (name, *expected.spellings.get(name, ()))} for name in _wanted(expected)
    }
    plain = [normalize(name) for name in names]
    near = {text: _nearly(text, spelt) for text in plain} if len(names) <= MOST_NEARLY else {}
    found: dict[str, int] = {}
    loose: list[str] = []
    for matches in (
        lambda name, text: text == normalize(name),
        lambda name, text: text in spelt[name],
        lambda name, text: near.get(text) == name,
    ):
        for name in (name for name in _wanted(expected) if name not in found):
            claims = [at for at, text in enumerate(plain) if text and at not in found.values() and matches(name, text)]
            if len(claims) > 1 and name == expected.label and plain[claims[0]] not in spelt[name]:
                continue  # cultivar 1, cultivar 2, ...: one-hot, perhaps
            if len(claims) > 1:
                both = " and ".join(repr(names[at]) for at in claims)
                message = f"{len(claims)} columns for {name}; found {both}; remove or rename all but one"
                raise ColumnError(message)
            if claims:
                found[name] = claims[0]
                if plain[claims[0]] not in spelt[name]:
                    loose.append(f"{names[claims[0]]!r} for {name}")
    return found, loose


def _wanted(expected: Expected) -> tuple[str, ...]:
    return (*expected.features, expected.label)


def _nearly(text: str, spelt: Mapping[str, set[str]]) -> str | None:
    """The feature or label whose spelling a text comes nearest, if near enough to be a slip of the pen."""
    likeness = {name: max(_likeness(text, each) for each in spellings) for name, spellings in spelt.items()}
    nearest = max(likeness, key=lambda name: likeness[name])
    return nearest if len(text) >= SHORTEST_MISSPELT and likeness[nearest] >= NEARLY_NAMED else None


def _likeness(text: str, spelling: str) -> float:
    if len(spelling) < SHORTEST_MISSPELT or 2 * min(map(len, (text, spelling))) < NEARLY_NAMED * len(text + spelling):
        return 0
    matcher = SequenceMatcher(None, text, spelling)
    return matcher.ratio() if matcher.quick_ratio() >= NEARLY_NAMED else 0


def _between(head: Head, expected: Expected, named: dict[str, int]) -> dict[str, int]:
    """The features whose names say nothing, where each stands alone between the two that it belongs between."""
    places = [named.get(name) for name in expected.features]
    filled: dict[str, int] = {}
    for order, name in enumerate(expected.features):
        if places[order] is not None:
            continue
        before = places[order - 1] if order else -1
        after = places[order + 1] if order + 1 < len(places) else before + 2 if before is not None else None
        if before is None or after != before + 2 or before + 1 in named.values() or before + 1 >= len(head.names):
            return {}
        filled[name] = before + 1
    share = _share_within(head.numbers[:, list(filled.values())], list(filled), expected) if filled else 0
    return filled if share >= NEARLY_ALL else {}


def _share_within(numbers: np.ndarray[Any, Any], names: Sequence[str], expected: Expected) -> float:
    """The share of rows whose every value is plausible for the feature its column is taken for."""
    if not len(numbers):
        return 1.0
    low, high = np.array([expected.bounds[name] for name in names]).T
    return float(((numbers >= low) & (numbers <= high)).all(axis=1).mean())


def _by_place(head: Head, expected: Expected, named: dict[str, int], missing: list[str]) -> Columns:
    width, features = len(head.names), expected.features
    speaking = [name for name in head.names if not _says_nothing(name)]
    offsets = [
        offset
        for offset in range(max(0, width - len(features) + 1))
        if width - len(features) <= MOST_EXTRAS + len(expected.class_names)
        and all(named[name] == offset + order for order, name in enumerate(features) if name in named)
        and (expected.label not in named or not offset <= named[expected.label] < offset + len(features))
        and _share_within(head.numbers[:, offset : offset + len(features)], features, expected) >= NEARLY_ALL
    ]
    unexplained = len(speaking) - len(named)
    if len(offsets) == 1 and unexplained <= width - len(features):
        places = {name: offsets[0] + order for order, name in enumerate(features)}
        return _finish(head, expected, places, named, f"by place, from column {offsets[0] + 1} on")
    if len(offsets) > 1:
        message = f"the columns could be {len(offsets)} things; found no names to tell them apart; add a header line"
        raise ColumnError(message)
    raise ColumnError(_not_found(head, expected, named, missing))


def _says_nothing(name: str) -> bool:
    return ANONYMOUS.fullmatch(normalize(name)) is not None


def _not_found(head: Head, expected: Expected, named: dict[str, int], missing: list[str]) -> str:
    shown = ", ".join(repr(name) for name in head.names[:20] if name) or f"{len(head.names)} columns without names"
    looks = diagnose(head.names, head.numbers, named or _likeliest(head, expected), expected)
    if len(missing) == len(expected.features):
        what = "no column is known by its name, and the values are not plausible in the features' order"
    else:
        what = f"columns missing: {', '.join(missing)}"
    found = f"found {shown}; {looks}" if looks else f"found {shown}"
    return f"{what}; {found}; add or rename columns, or say which is which with --columns"


def _likeliest(head: Head, expected: Expected) -> dict[str, int]:
    """Where the features would stand if their order began at the column that suits the most of them."""
    count = len(expected.features)

    def suited(start: int) -> float:
        shares = [
            _share_within(head.numbers[:, [start + order]], [name], expected)
            for order, name in enumerate(expected.features)
        ]
        return sum(shares)

    starts = range(len(head.names) - count + 1)
    best = max(starts, key=suited, default=None)
    return {} if best is None else {name: best + order for order, name in enumerate(expected.features)}


def _finish(head: Head, expected: Expected, places: dict[str, int], named: dict[str, int], why: str) -> Columns:
    """Hold the values against the decision, then find the label and the id among the columns left."""
    share = _share_within(head.numbers[:, list(places.values())], list(places), expected)
    if share < MOST and len(head.numbers) >= FEWEST_ROWS:
        looks = diagnose(head.names, head.numbers, places, expected) or "the values contradict the names"
        rows = f"{1 - share:.0%} of the first {len(head.numbers)} rows"
        message = f"{rows} are outside the plausible bounds; {looks}; check the file"
        raise ColumnError(message)
    left = [place for place in range(len(head.names)) if place not in places.values()]
    label, one_hot, how = _label(head, expected, named, left)
    identifier = next(
        (place for place in left if place != label and IDENTIFIER.fullmatch(normalize(head.names[place]))), None
    )
    return Columns(places, label, one_hot, identifier, f"features {why}; {how}")


def _label(
    head: Head, expected: Expected, named: dict[str, int], left: list[int]
) -> tuple[int | None, tuple[int, ...], str]:
    """The label's column, or its one-hot columns, among those left; and how that was told."""
    place = named.get(expected.label)
    if place is not None and place in left and not head.texts:
        return place, (), f"label by name, {head.names[place]!r}"
    if place is not None and place in left:
        if _are_classes(head.column(place), expected, MOST):
            return place, (), f"label by name, {head.names[place]!r}"
        return None, (), f"{head.names[place]!r} holds no classes, so no truth"
    one_hot = _one_hot(head, expected, left)
    if one_hot:
        return None, one_hot, f"labels one-hot in columns {one_hot[0] + 1} to {one_hot[-1] + 1}"
    likely = [each for each in left if _may_be_label(head, each, expected)]
    if len(likely) == 1:
        return likely[0], (), f"label by place, column {likely[0] + 1}"
    return None, (), "no label" if not likely else "several columns could be the label, so no truth"


def _may_be_label(head: Head, place: int, expected: Expected) -> bool:
    """Whether a column that is not called so could be the label: classes that are neither ids nor another quantity."""
    texts, name = head.column(place), normalize(head.names[place])
    counted = [str(number) for number in range(len(texts) + 1)]
    if (
        not _are_classes(texts, expected, NEARLY_ALL)
        or IDENTIFIER.fullmatch(name)
        or texts in (counted[:-1], counted[1:])
    ):
        return False
    truth = Truth.of(set(texts), expected)
    found = {index for text in set(texts) if (index := truth.index(text)) >= 0}
    return _says_nothing(head.names[place]) or len(found) == len(expected.class_names)


def _one_hot(head: Head, expected: Expected, left: list[int]) -> tuple[int, ...]:
    count = len(expected.class_names)
    for start in range(len(left) - count + 1):
        run = left[start : start + count]
        if run[-1] - run[0] == count - 1:
            cells = head.numbers[:, run]
            one = np.isin(cells, (0, 1)).all(axis=1) & (cells.sum(axis=1) == 1)
            if len(cells) and one.mean() >= NEARLY_ALL:
                return tuple(run)
    return ()


def _are_classes(texts: Sequence[str], expected: Expected, share: float) -> bool:
    """Whether at least this share of what stands in a column is a class: by name, letter, or number from 0 or 1."""
    filled = [text for text in texts if text]
    known = Truth.of(set(filled), expected)
    return bool(filled) and sum(known.may_be(text) for text in filled) >= share * len(filled)
