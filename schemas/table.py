"""A table: what rows must look like, declared as data."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import pandera.pandas as pa

    from schemas.anywhere import Anywhere
    from schemas.feature import Feature

FORMAT: Final = 1


@dataclass(frozen=True, eq=False)
class Table:
    """Features in their order, the label and its classes by their ids, and how people spell them."""

    name: str
    columns: tuple[Feature, ...]
    label: str
    classes: Mapping[int, str]
    title: str = ""
    row: str = "row"
    """What one row is, for people: a bottle, say."""
    common_label: bool = False
    """Whether the label may also be called by the words that all tables share: class, target, y."""
    label_spellings: tuple[str, ...] = ()
    class_spellings: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    id_spellings: tuple[str, ...] = ()
    """What the column is called that names rows."""
    ignored: tuple[str, ...] = ()
    """Columns that are none of these, whatever they hold."""
    lookalikes: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Other tables that are mistaken for this one: what they are called, and columns by which they are known."""
    refuse_suspect: bool = False
    """Whether a file whose columns do not go together is refused, and not only said to be suspect."""
    least_accuracy: float = 0.0
    """What share a version must have right of rows it was not trained on, to become champion."""
    shipped: Anywhere | None = None
    """Rows with their classes, to train on and to label where no others are named."""
    rules: Callable[[], pa.DataFrameSchema] | None = None
    """What gives a pandera schema with more to ask of rows than bounds and levels."""
    text: str = field(default="", repr=False)
    """The declaration as it stands in its file."""
    packaged: bool = False
    """Whether it comes with the program."""

    @property
    def sha256(self) -> str:
        """That of the declaration."""
        return hashlib.sha256(self.text.encode()).hexdigest()

    @cached_property
    def features(self) -> tuple[str, ...]:
        """The names of the features in the order of the declaration, which is the order of a matrix's columns."""
        return tuple(feature.name for feature in self.columns)

    @cached_property
    def numbers(self) -> tuple[str, ...]:
        """The names of the features that are numbers."""
        return tuple(feature.name for feature in self.columns if not feature.is_category)

    @cached_property
    def categories(self) -> dict[str, Feature]:
        """The features that are categories, by name."""
        return {feature.name: feature for feature in self.columns if feature.is_category}

    @cached_property
    def may_be_missing(self) -> frozenset[str]:
        """The names of the features that a row need not have a value of."""
        return frozenset(feature.name for feature in self.columns if feature.missing != "reject")

    @cached_property
    def bounds(self) -> Mapping[str, tuple[float, float]]:
        """The lowest and highest plausible value of each number."""
        return {feature.name: feature.bounds for feature in self.columns if not feature.is_category}

    @cached_property
    def spellings(self) -> Mapping[str, tuple[str, ...]]:
        """How people spell the features and the label."""
        return {feature.name: feature.spellings for feature in self.columns} | {self.label: self.label_spellings}

    @cached_property
    def usual_units(self) -> Mapping[str, str]:
        """The units in which numbers within the bounds are, as far as these are known: `mg/l`."""
        return {feature.name: feature.usual_unit for feature in self.columns if feature.usual_unit}

    @cached_property
    def class_names(self) -> tuple[str, ...]:
        """The classes in the order of their ids, which is the order of a network's outputs."""
        return tuple(name for _, name in sorted(self.classes.items()))

    @cached_property
    def class_ids(self) -> tuple[int, ...]:
        """The ids of the classes, ascending."""
        return tuple(sorted(self.classes))

    def class_index(self, text: str) -> int:
        """The place among the classes of the class that a text names, by name or spelling; -1 where it is none."""
        return self._class_indices.get(_plain(text), -1)

    @cached_property
    def _class_indices(self) -> dict[str, int]:
        return {
            _plain(spelling): index
            for index, name in enumerate(self.class_names)
            for spelling in (name, *self.class_spellings.get(name, ()))
        }


def _plain(text: str) -> str:
    return text.strip().casefold()
