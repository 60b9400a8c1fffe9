"""Column names: which column is which by what it is called, as declared, as people spell it, or nearly so."""

from __future__ import annotations

import re
import unicodedata
from difflib import SequenceMatcher
from typing import TYPE_CHECKING, Final

from data.errors import ColumnError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from data.heads import Expected

NEARLY_NAMED: Final = 0.83
SHORTEST_MISSPELT: Final = 6
MOST_NEARLY: Final = 200  # columns; in wider tables only names that are spelt right count
IDENTIFIER: Final = re.compile(r"(wine|row|bottle|sample)?(id|ids|no|nr|index|number|name|names)")
ANONYMOUS: Final = re.compile(r"(unnamed)?(column|col|var|v|x|f|a|att|attr|attribute|feature|field|c)?0*\d*(level\d+)?")


def normalize(name: str) -> str:
    """A column name without what people vary: case, quotes, blanks, punctuation, leading ordinals."""
    plain = unicodedata.normalize("NFKC", name).casefold()
    return re.sub(r"[\W_]+", "", re.sub(r"^\s*\d+[.)]\s+", "", plain))


def by_name(names: Sequence[str], expected: Expected) -> tuple[dict[str, int], list[str]]:
    """The features and the label that are known by their names, and which of them only nearly so."""
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


def says_nothing(name: str) -> bool:
    """Whether a column name is missing or as good as none: V1, Column 3, x, ..."""
    return ANONYMOUS.fullmatch(normalize(name)) is not None
