"""A feature: one column that is measured or observed of each row, a number or a category."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Final, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping

NUMBER: Final = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,3})?", re.ASCII)
FLAGS: Final = {"false": "0.0", "true": "1.0"}
UNSEEN: Final = -1
"""The level, by its place, of a text that is none of a category's levels."""


@dataclass(frozen=True)
class Feature:
    """What a feature is called, what it means and what it may be.

    A number has bounds, of which ``minimum`` and ``maximum`` are allowed themselves, ``above`` and ``below`` are not; a
    category has ``levels``. ``missing`` and ``unseen`` say what becomes of a row with no value, or none of the levels:
    it is rejected, or that is a ``level`` of its own; a missing number is the ``mean`` of the training rows.
    """

    name: str
    title: str = ""
    description: str = ""
    unit: str | None = None
    usual_unit: str | None = None
    """The unit in which numbers within the bounds are, as far as it is known."""
    spellings: tuple[str, ...] = ()
    minimum: float | None = None
    maximum: float | None = None
    above: float | None = None
    below: float | None = None
    levels: tuple[str, ...] = ()
    level_spellings: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    missing: Literal["reject", "mean", "level"] = "reject"
    unseen: Literal["reject", "level"] = "reject"

    @property
    def is_category(self) -> bool:
        """Whether it is one of several levels, and no number."""
        return bool(self.levels)

    @property
    def bounds(self) -> tuple[float, float]:
        """The lowest and the highest plausible value; infinite where there is none."""
        lowest = [each for each in (self.minimum, self.above) if each is not None]
        highest = [each for each in (self.maximum, self.below) if each is not None]
        return max(lowest, default=float("-inf")), min(highest, default=float("inf"))

    def level_index(self, text: str) -> int:
        """The place of the level that a text names, -1 where it is none; `1.0` and `true` are the level `1`."""
        plain = text.strip()
        found = self._exactly.get(plain, self._loosely.get(plain.casefold(), UNSEEN))
        return self._loosely.get(as_number(plain), UNSEEN) if found == UNSEEN else found

    @cached_property
    def _exactly(self) -> dict[str, int]:
        return {name: at for at, name in enumerate(self.levels)}

    @cached_property
    def _loosely(self) -> dict[str, int]:
        """The places by every spelling without case, and of levels that are numbers by their value."""
        spelt = {
            each.strip().casefold(): at
            for at, name in enumerate(self.levels)
            for each in (name, *self.level_spellings.get(name, ()))
        }
        numbers = {number: at for text, at in spelt.items() if (number := as_number(text))}
        flags = {word: numbers[number] for word, number in FLAGS.items() if number in numbers}
        flags |= {number: spelt[word] for word, number in FLAGS.items() if word in spelt}
        return flags | numbers | spelt


def as_number(text: str) -> str:
    """A number as one text however it is written, empty for what is none."""
    text = text.replace(",", ".", 1)
    return repr(float(text) + 0.0) if NUMBER.fullmatch(text) else ""
