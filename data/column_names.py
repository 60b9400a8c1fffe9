"""Column names: which column is which by what it is called, as declared, as people spell it, or nearly so."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from data.errors import ColumnError
from data.label_names import label_rank, words_of
from data.units import same_scale, split_unit

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from data.heads import Expected

NEARLY_NAMED: Final = 0.83
SHORTEST_MISSPELT: Final = 6
MOST_NEARLY: Final = 200  # columns; in wider tables only names that are spelt right count
FEWEST_ALIKE: Final = 3
UNNAMED: Final = re.compile(r"unnamed\d*(level\d+)?")  # pandas for a name that is blank


@dataclass(frozen=True)
class Named:
    """What the names of columns say: the place of each feature they name, and those of columns called the label.

    ``labels`` has the surest first, each with its rank (see `data.label_names`). ``loose`` are the names that were
    only nearly right, ``remarks`` what the reader should be told; ``speaking`` are the places whose names say anything.
    """

    features: Mapping[str, int]
    labels: Sequence[tuple[int, int]] = ()
    speaking: frozenset[int] = frozenset()
    loose: Sequence[str] = ()
    remarks: tuple[str, ...] = ()

    @property
    def places(self) -> frozenset[int]:
        """The places of all columns that are known by name."""
        return frozenset({*self.features.values(), *(place for _, place in self.labels)})


def normalize(name: str) -> str:
    """A column name without what people vary: case, quotes, blanks, punctuation, leading ordinals."""
    plain = unicodedata.normalize("NFKC", name).casefold()
    return re.sub(r"[\W_]+", "", re.sub(r"^\s*\d+[.)]\s+", "", plain))


def by_name(names: Sequence[str], expected: Expected) -> Named:
    """The features and the label that are known by their names; ColumnError where two columns claim one feature."""
    spelt = _spelt(expected)
    ignored = {name.strip().casefold() for name in expected.ignored}
    nothing = anonymous(names, expected)
    speaking = frozenset(at for at, name in enumerate(names) if not nothing[at] and name.casefold() not in ignored)
    plain = [_known(name, spelt)[0] if at in speaking else "" for at, name in enumerate(names)]
    features = set().union(*(spelt[name] for name in expected.features))
    ranks = {
        at: rank
        for at in speaking
        if plain[at] not in features and (rank := label_rank(names[at], expected)) is not None
    }
    near = {text: _nearly(text, spelt) for text in plain} if len(names) <= MOST_NEARLY else {}
    normal = {name: normalize(name) for name in expected.features}
    alike = Counter(normal.values())
    left = {at: text for at, text in enumerate(plain) if text and at not in ranks}  # those that are no feature yet
    found: dict[str, int] = {}
    loose: list[str] = []
    passes: tuple[Callable[[str, int], bool], ...] = (
        lambda name, at: names[at] == name and alike[normal[name]] > 1,
        lambda name, at: plain[at] == normal[name],
        lambda name, at: plain[at] in spelt[name],
        lambda name, at: near.get(plain[at]) == name,
    )
    for matches in passes:
        for name in (name for name in expected.features if name not in found):
            claims = [at for at in left if matches(name, at)]
            if len(claims) > 1:
                both = " and ".join(repr(names[at]) for at in claims)
                message = f"{len(claims)} columns for {name}; found {both}; remove or rename all but one"
                raise ColumnError(message)
            if claims:
                found[name] = claims[0]
                if left.pop(claims[0]) not in spelt[name]:
                    loose.append(f"{names[claims[0]]!r} for {name}")
    for at in speaking - ranks.keys() - set(found.values()):
        if near.get(plain[at]) == expected.label and len(words_of(names[at])) == 1:
            ranks[at] = 2
            loose.append(f"{names[at]!r} for {expected.label}")
    labels = sorted((rank, at) for at, rank in ranks.items())
    return Named(found, labels, speaking, loose, tuple(_other_scales(names, found, expected)))


def known_names(names: Sequence[str], expected: Expected) -> int:
    """How many of the features and the label are among these names, spelt as declared or as people do."""
    spelt = _spelt(expected)
    texts = {_known(name, spelt)[0] for name in names}
    called = any(label_rank(name, expected) is not None for name in names)
    return sum(not texts.isdisjoint(spelt[name]) for name in expected.features) + called


def anonymous(names: Sequence[str], expected: Expected) -> tuple[bool, ...]:
    """Whether each name says nothing: blank or a number, one of many with one word, or of letters that follow on.

    `V1`, `V2`, ... or `Merkmal 1`, `Merkmal 2`, ... or `x`, `x.1`, `x.2`, ... say only where they stand.
    """
    plain = [normalize(name) for name in names]
    label = expected.spellings.get(expected.label, ())
    declared = {normalize(name) for name in (*expected.features, expected.label, *label)} - {""}
    stems = [re.sub(r"\d+", "", text) for text in plain]
    known = set().union(*_spelt(expected).values())
    often = {stem for stem, count in Counter(stems).items() if count >= FEWEST_ALIKE} - known
    letters = _in_alphabet(plain)
    return tuple(
        text not in declared and (not stem or stem in often or at in letters or UNNAMED.fullmatch(text) is not None)
        for at, (text, stem) in enumerate(zip(plain, stems, strict=True))
    )


def _in_alphabet(plain: Sequence[str]) -> set[int]:
    """The places of single letters that follow on in an alphabet, three or more side by side."""
    follow = [len(one) == len(other) == 1 and ord(other) == ord(one) + 1 for one, other in pairwise(plain)]
    return {
        at + step
        for at, (first, second) in enumerate(pairwise(follow))
        if first and second
        for step in range(FEWEST_ALIKE)
    }


def _spelt(expected: Expected) -> dict[str, set[str]]:
    wanted = (*expected.features, expected.label)
    return {name: {normalize(each) for each in (name, *expected.spellings.get(name, ()))} for name in wanted}


def _known(name: str, spelt: Mapping[str, set[str]]) -> tuple[str, str]:
    """A name as it is compared, and the unit that was cut off it to make it a name that is known, or nearly."""
    plain, (cut, unit) = normalize(name), split_unit(name)
    if not unit or any(plain in each for each in spelt.values()):
        return plain, ""
    return normalize(cut), unit


def _other_scales(names: Sequence[str], found: Mapping[str, int], expected: Expected) -> list[str]:
    return [
        f"{names[place]!r} says {unit}, where {usual} is usual for {name}"
        for name, place in found.items()
        if (usual := expected.usual_units.get(name)) and (unit := split_unit(names[place])[1])
        if not same_scale(unit, usual)
    ]


def _nearly(text: str, spelt: Mapping[str, set[str]]) -> str | None:
    """The feature or label whose spelling a text comes nearest, if near enough to be a slip of the pen."""
    if len(text) < SHORTEST_MISSPELT:
        return None
    if (exact := next((name for name, spellings in spelt.items() if text in spellings), None)) is not None:
        return exact
    likeness = {name: max(_likeness(text, each) for each in spellings) for name, spellings in spelt.items()}
    nearest = max(likeness, key=lambda name: likeness[name])
    return nearest if likeness[nearest] >= NEARLY_NAMED else None


def _likeness(text: str, spelling: str) -> float:
    if len(spelling) < SHORTEST_MISSPELT or 2 * min(map(len, (text, spelling))) < NEARLY_NAMED * len(text + spelling):
        return 0
    matcher = SequenceMatcher(None, text, spelling)
    return matcher.ratio() if matcher.quick_ratio() >= NEARLY_NAMED else 0
