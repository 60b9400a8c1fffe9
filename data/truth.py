"""Truth: which class the texts of a label column stand for.

A name, a spelling or a letter (A, B, C) stands for itself, and so does a number that is a name. Another number, alone
or behind a word (`class_0`, `wine 1`), counts from 0 or from 1, which is decided by what occurs: a 0 says from 0, the
highest number says from 1. {1, 2} alone says nothing, and {0, 1} may as well be a flag. A number that hardly occurs
decides nothing: a stray cell voids itself.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Self

import numpy as np

from data.label_names import label_rank

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    import pandas as pd

    from data.heads import Expected

NUMBER: Final = re.compile(r"(?:([^\W\d_]+)[\s_-]*)?(\d{1,9})(?:\.0*)?")
MISSING: Final = frozenset(
    {"na", "nan", "n/a", "n.a.", "#n/a", "nil", "none", "null", "missing", "undefined", "unknown", "unlabeled",
     "unlabelled"}
)  # fmt: skip
STRAY: Final = 1 / 50  # of the numbers, and fewer than
MOST_STRAY: Final = 10
OUTWEIGHED: Final = 5
NEARLY_EVERYWHERE: Final = 0.8


@dataclass(frozen=True)
class Truth:
    """How the texts of a label column become classes.

    ``base`` is None where numbers occur that leave open what they count from; ``stem`` is the word before most of the
    numbers. ``settled``: the column holds classes nearly everywhere, so that another word in it marks a line that is
    no row of the table (Total, Average). ``refuted``: what it says contradicts the model, and none of it is taken for
    true.
    """

    expected: Expected
    base: int | None
    numbered: bool
    stem: str = ""
    settled: bool = False
    refuted: bool = False

    @classmethod
    def of(cls, texts: Iterable[str] | Mapping[str, int], expected: Expected) -> Self:
        """What the texts of a column decide, each as often as it occurs."""
        counts = Counter(texts)
        stems: Counter[str] = Counter()
        for text, count in counts.items():
            if (found := _numbered(text, expected)) is not None:
                stems[found[0]] += count
        stem = stems.most_common(1)[0][0] if stems else ""
        plain = cls(expected, None, bool(stems), stem)
        numbers: Counter[int] = Counter()
        for text, count in counts.items():
            if (number := plain._number(text)) is not None:
                numbers[number] += count
        known = sum(count for text, count in counts.items() if plain.may_be(text))
        words = sum(count for text, count in counts.items() if plain.is_word(text))
        settled = known > 0 and known >= NEARLY_EVERYWHERE * (known + words)
        return cls(expected, _base(numbers, len(expected.class_names)), bool(numbers), stem, settled)

    def __str__(self) -> str:
        """In words."""
        if self.refuted:
            return "truth left out: it contradicts the model"
        if not self.numbered:
            return "truth as named"
        if self.base is None:
            return "truth left out: its numbers may count from 0 or from 1"
        return f"truth counted from {self.base}"

    @property
    def ambiguous(self) -> bool:
        """Whether numbers occur that could count from 0 as well as from 1."""
        return self.numbered and self.base is None

    def index(self, text: str) -> int:
        """The place of the class that a text stands for, -1 where it stands for none, is ambiguous or refuted."""
        if self.refuted:
            return -1
        number = self._number(text)
        if number is None:
            return class_named(text, self.expected)
        if self.base is None or not self.base <= number < self.base + len(self.expected.class_names):
            return -1
        return number - self.base

    def text_of(self, index: int) -> str:
        """How a class is written in this column: its number where it has numbers, else its name."""
        return str(index + self.base) if self.numbered and self.base is not None else self.expected.class_names[index]

    def may_be(self, text: str) -> bool:
        """Whether a text could be a class, by some base."""
        number = self._number(text)
        return class_named(text, self.expected) >= 0 if number is None else number <= len(self.expected.class_names)

    def is_word(self, text: str) -> bool:
        """Whether a text is a word that is no class: neither a number nor a mark for what is missing."""
        plain = text.strip().casefold()
        return (
            self._number(text) is None
            and class_named(text, self.expected) < 0
            and plain not in MISSING
            and re.search(r"[^\W\d_]", plain) is not None
            and not _is_float(plain)
        )

    def _number(self, text: str) -> int | None:
        """The number of a class, unless the word before it is another than before most, and none for a class."""
        found = _numbered(text, self.expected)
        if found is None:
            return None
        stem, number = found
        if stem in ("", self.stem) or label_rank(stem, self.expected) is not None:
            return number
        return None


def _numbered(text: str, expected: Expected) -> tuple[str, int] | None:
    match = NUMBER.fullmatch(text.strip())
    if match is None or class_named(text, expected) >= 0 or not _counts(expected.class_ids):
        return None
    return (match[1] or "").casefold(), int(match[2])


def class_named(text: str, expected: Expected) -> int:
    """The place of the class that a text names, -1 where it names none; `3.0` names the class `3`.

    A number that is the name of a class counts from nothing: classes called 3 to 8 are not the first to the sixth. Nor
    does one where the ids of the classes do not follow on from 0 or 1: it is an id.
    """
    found, match = expected.class_index(text), NUMBER.fullmatch(text.strip())
    if found >= 0 or match is None or match[1]:
        return found
    named = expected.class_index(str(int(match[2])))
    return named if named >= 0 or _counts(expected.class_ids) else _of_id(int(match[2]), expected.class_ids)


def _counts(ids: Sequence[int]) -> bool:
    """Whether ids are 0, 1, ... or 1, 2, ..., so that a number may as well be a count."""
    return [*ids] in ([*range(len(ids))], [*range(1, len(ids) + 1)])


def _of_id(number: int, ids: Sequence[int]) -> int:
    return ids.index(number) if number in ids else -1


def _is_float(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def _base(numbers: Counter[int], classes: int) -> int | None:
    """What numbers count from, by how often each occurs; None where that stays open."""
    fewest = min(MOST_STRAY, STRAY * numbers.total())
    often = {number for number, count in numbers.items() if count >= fewest}
    zeros, highest = (numbers[number] if number in often else 0 for number in (0, classes))
    if highest and zeros * OUTWEIGHED <= highest:
        return 1
    beyond_a_flag = any(min(2, classes - 1) <= number < classes for number in often)
    if zeros and highest * OUTWEIGHED <= zeros and beyond_a_flag:
        return 0
    return None


def class_indices(frame: pd.DataFrame, truth: Truth) -> tuple[np.ndarray[Any, Any], Counter[str]]:
    """The class index of each row, -1 where none is known, and how often each text that is no class occurs."""
    if "truth" not in frame:
        return np.full(len(frame), -1), Counter()
    texts = frame["truth"].cat
    codes = texts.codes.to_numpy()
    indices = np.array([truth.index(text) for text in texts.categories] + [-1], dtype=np.intp)
    if (indices[:-1] >= 0).all():
        return indices.take(codes), Counter()
    counts = np.bincount(codes[codes >= 0], minlength=len(texts.categories)).tolist()
    counted = zip(texts.categories, indices[:-1], counts, strict=True)
    return indices.take(codes), Counter({text: count for text, index, count in counted if index < 0 < count})


def no_rows(frame: pd.DataFrame, truth: Truth) -> np.ndarray[Any, Any]:
    """Whether the label cell of each row, (n,), holds a word that is no class, where others hold classes."""
    if not truth.settled or "truth" not in frame:
        return np.zeros(len(frame), dtype=bool)
    texts = frame["truth"].cat
    words = np.array([truth.is_word(text) for text in texts.categories] + [False], dtype=bool)
    return np.asarray(words[texts.codes.to_numpy()])
