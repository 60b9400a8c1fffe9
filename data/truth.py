"""Truth: which class the texts of a label column stand for.

A name, a spelling or a letter (A, B, C) stands for itself. A number, alone or behind a word (`class_0`, `wine 1`),
counts from 0 or from 1, which is told by what occurs: a 0 says from 0, the highest number says from 1; {1, 2} alone
says nothing.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Self

if TYPE_CHECKING:
    from collections.abc import Iterable

    from data.columns import Expected

NUMBER: Final = re.compile(r"(?:[^\W\d_]+[\s_-]*)?(\d{1,9})(?:\.0*)?")


@dataclass(frozen=True)
class Truth:
    """How the texts of a label column become classes; `base` is None where numbers occur and do not tell."""

    expected: Expected
    base: int | None
    numbered: bool

    @classmethod
    def of(cls, texts: Iterable[str], expected: Expected) -> Self:
        """What the texts that occur tell."""
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
        """The place of the class that a text stands for, -1 where it stands for none or cannot be told."""
        number = _number(text, self.expected)
        if number is None:
            return self.expected.class_index(text)
        if self.base is None or not self.base <= number < self.base + len(self.expected.class_names):
            return -1
        return number - self.base

    def may_be(self, text: str) -> bool:
        """Whether a text could be a class, by some base."""
        number = _number(text, self.expected)
        return self.expected.class_index(text) >= 0 if number is None else number <= len(self.expected.class_names)


def _number(text: str, expected: Expected) -> int | None:
    match = NUMBER.fullmatch(text.strip())
    if match is None or (expected.class_index(text) >= 0 and not match[0][0].isdigit()):
        return None
    return int(match[1])
