"""Truth: which class the texts of a label column stand for.

A name, a spelling or a letter (A, B, C) stands for itself. A number, alone or behind a word (`class_0`, `wine 1`),
counts from 0 or from 1, which is decided by what occurs: a 0 says from 0, the highest number says from 1; {1, 2} alone
says nothing.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Self

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable

    import pandas as pd

    from data.heads import Expected

NUMBER: Final = re.compile(r"(?:[^\W\d_]+[\s_-]*)?(\d{1,9})(?:\.0*)?")


@dataclass(frozen=True)
class Truth:
    """How the texts of a label column become classes; `base` is None where numbers occur that leave it open."""

    expected: Expected
    base: int | None
    numbered: bool

    @classmethod
    def of(cls, texts: Iterable[str], expected: Expected) -> Self:
        """What the texts that occur decide."""
        numbers = {number for text in texts if (number := _number(text, expected)) is not None}
        highest = len(expected.class_names)
        base = None
        if 0 in numbers and highest not in numbers:
            base = 0
        elif highest in numbers and 0 not in numbers:
            base = 1
        return cls(expected, base, bool(numbers))

    def __str__(self) -> str:
        """In words."""
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
        """The place of the class that a text stands for, -1 where it stands for none or is ambiguous."""
        number = _number(text, self.expected)
        if number is None:
            return self.expected.class_index(text)
        if self.base is None or not self.base <= number < self.base + len(self.expected.class_names):
            return -1
        return number - self.base

    def text_of(self, index: int) -> str:
        """How a class is written in this column: its number where it has numbers, else its name."""
        return str(index + self.base) if self.numbered and self.base is not None else self.expected.class_names[index]

    def may_be(self, text: str) -> bool:
        """Whether a text could be a class, by some base."""
        number = _number(text, self.expected)
        return self.expected.class_index(text) >= 0 if number is None else number <= len(self.expected.class_names)


def _number(text: str, expected: Expected) -> int | None:
    match = NUMBER.fullmatch(text.strip())
    if match is None or (expected.class_index(text) >= 0 and not match[0][0].isdigit()):
        return None
    return int(match[1])


def class_indices(frame: pd.DataFrame, truth: Truth) -> tuple[np.ndarray[Any, Any], Counter[str]]:
    """The class index of each row, -1 where none is known, and how often each text that is no class occurs."""
    if "truth" not in frame:
        return np.full(len(frame), -1), Counter()
    texts = frame["truth"].cat
    codes = texts.codes.to_numpy()
    indices = np.array([truth.index(text) for text in texts.categories] + [-1], dtype=np.intp)
    counts = np.bincount(codes[codes >= 0], minlength=len(texts.categories)).tolist()
    counted = zip(texts.categories, indices[:-1], counts, strict=True)
    return indices[codes], Counter({text: count for text, index, count in counted if index < 0 < count})
