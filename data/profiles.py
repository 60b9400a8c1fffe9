"""Profiles: what stands in a column of which nothing is known, counted chunk by chunk in bounded memory."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Final, Literal

import pyarrow as pa
import pyarrow.compute as pc

from data.separators import EMPTY, to_number
from data.text_parsing import parse_numbers

if TYPE_CHECKING:
    from collections.abc import Mapping

Kind = Literal["empty", "constant", "date", "number", "category", "text"]

MOST_LEVELS: Final = 1000  # that are counted: what has more is neither a category nor a label
MOST_INPUTS: Final = 100  # levels of a category: each becomes an input of a network
NEARLY_ALL: Final = 0.95
FEW: Final = 20  # different values, among which an odd one makes a category of numbers
DATE: Final = (
    r"^\d{4}[-/.]\d{1,2}[-/.]\d{1,2}([T ].*)?$|^\d{1,2}[-/.]\d{1,2}[-/.]\d{2,4}( .*)?$|^\d{1,2}:\d{2}(:\d{2}.*)?$"
)
PADDED: Final = r"^[+-]?0\d"


@dataclass(frozen=True)
class Profile:
    """What was counted in one column of a file.

    ``levels`` has the different texts by how often each occurs, those that differ in case alone or are equal numbers
    as one: numbers by value, then words. It is empty where there are more than a thousand. ``variety`` is the share of
    different texts among the cells that hold one, as far as they were counted.
    """

    place: int
    name: str
    rows: int
    missing: int
    numbers: int
    whole: bool
    minimum: float
    maximum: float
    padded: bool
    """Whether some numbers begin with a zero too many, as codes do."""
    dates: int
    variety: float
    levels: Mapping[str, int]
    distinct: int
    """How many levels there are; a thousand and one stand for any more."""
    examples: tuple[str, ...]

    @property
    def present(self) -> int:
        """How many cells hold anything."""
        return self.rows - self.missing

    @cached_property
    def kind(self) -> Kind:
        """What the column seems to be."""
        if not self.present:
            return "empty"
        if self.distinct == 1:
            return "constant"
        if self.dates >= NEARLY_ALL * self.present:
            return "date"
        if self.is_numeric:
            return "number"
        return "category" if self.distinct <= min(MOST_INPUTS, self.present / 2) else "text"

    @property
    def is_numeric(self) -> bool:
        """Whether the cells are numbers, but for a few odd ones among many that differ."""
        nearly = self.numbers >= NEARLY_ALL * self.present and self.distinct > FEW
        return not self.padded and (self.numbers == self.present or nearly)

    @property
    def counts_rows(self) -> bool:
        """Whether the cells number the rows: whole numbers without a gap, each once."""
        return self.whole and self.numbers == self.rows and self._all_differ and self._span == self.rows - 1

    @property
    def names_rows(self) -> bool:
        """Whether nearly every cell differs from all others, as ids do."""
        return self.present > 0 and self.variety >= NEARLY_ALL and not (self.is_numeric and not self.whole)

    @property
    def _all_differ(self) -> bool:
        return self.variety == 1

    @property
    def _span(self) -> float:
        return self.maximum - self.minimum


@dataclass
class Tally:
    """A column as it is counted."""

    place: int
    name: str
    decimal: str = "."
    rows: int = 0
    _missing: int = 0
    _numbers: int = 0
    _whole: bool = True
    _minimum: float = float("inf")
    _maximum: float = float("-inf")
    _padded: bool = False
    _dates: int = 0
    _counted: int = 0
    _distinct: int = 0
    _levels: Counter[str] | None = field(default_factory=Counter)
    _examples: tuple[str, ...] = ()

    def add(self, column: pa.ChunkedArray) -> None:
        """Count these cells."""
        counted = pc.value_counts(pc.utf8_trim_whitespace(column).combine_chunks())
        texts, counts = counted.field(0), counted.field(1)
        empty = pc.is_in(pc.utf8_lower(pc.fill_null(texts, "")), pa.array(sorted(EMPTY)))
        self.rows += len(column)
        self._missing += _sum(counts, empty)
        present = pc.invert(empty)
        self._add_present(texts.filter(present), counts.filter(present))

    def _add_present(self, texts: pa.Array, counts: pa.Array) -> None:
        numbers = parse_numbers(texts, self.decimal)
        finite = pc.fill_null(pc.is_finite(numbers), fill_value=False)
        self._add_numbers(numbers.filter(finite), _sum(counts, finite))
        self._padded |= bool(pc.any(pc.match_substring_regex(texts, PADDED)).as_py())
        others = pc.invert(finite)
        self._dates += _sum(counts.filter(others), pc.match_substring_regex(texts.filter(others), DATE))
        self._examples += tuple(texts[: max(0, 3 - len(self._examples))].to_pylist())
        self._add_levels(texts, counts)

    def _add_numbers(self, numbers: pa.Array, count: int) -> None:
        if not count:
            return
        least, most = pc.min_max(numbers).as_py().values()
        self._numbers += count
        self._minimum, self._maximum = min(self._minimum, least), max(self._maximum, most)
        self._whole &= bool(pc.all(pc.equal(pc.round(numbers), numbers)).as_py())

    def _add_levels(self, texts: pa.Array, counts: pa.Array) -> None:
        if self._levels is None:
            return
        cells = pc.sum(counts).as_py() or 0
        if len(texts) <= MOST_LEVELS:
            self._levels.update(dict(zip(texts.to_pylist(), counts.to_pylist(), strict=True)))
            self._distinct, self._counted = len(self._levels), self._counted + cells
        else:
            self._distinct, self._counted = len(texts), cells  # these alone show how much they differ
        if self._distinct > MOST_LEVELS:
            self._levels = None  # what is not counted on takes no memory

    def profile(self) -> Profile:
        """What was counted."""
        levels = self._merged()
        return Profile(
            self.place, self.name, self.rows, self._missing, self._numbers,
            self._whole and self._numbers > 0, self._minimum, self._maximum, self._padded, self._dates,
            self._distinct / max(1, self._counted), levels or {}, MOST_LEVELS + 1 if levels is None else len(levels),
            self._examples,
        )  # fmt: skip

    def _merged(self) -> dict[str, int] | None:
        """The levels, each under its commonest spelling: numbers by value, then words."""
        if self._levels is None:
            return None
        spelt: dict[tuple[float, str], Counter[str]] = {}
        for text, count in self._levels.items():
            spelt.setdefault(self._same(text), Counter())[text] += count
        return {each.most_common(1)[0][0]: each.total() for _, each in sorted(spelt.items())}

    def _same(self, text: str) -> tuple[float, str]:
        """What texts of one level have in common: their value where they are numbers, else the text without case."""
        number = float("nan") if self._padded else to_number(text, self.decimal)
        return (number, "") if math.isfinite(number) else (math.inf, text.casefold())


def _sum(counts: pa.Array, mask: pa.Array) -> int:
    return int(pc.sum(counts.filter(mask)).as_py() or 0)
