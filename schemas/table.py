"""A table: what rows must look like. Every module of `schemas.tables` declares one, as `TABLE`."""

from __future__ import annotations

import importlib
import pkgutil
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

import schemas.tables
from schemas.errors import TableError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    import pandera.pandas as pa


@dataclass(frozen=True, eq=False)
class Table:
    """Features in their order with their bounds, the label and its classes, and how people spell them.

    TableError where the model asks for what a row cannot answer by itself.
    """

    name: str
    model: type[pa.DataFrameModel]
    label: str
    classes: Mapping[int, str]
    spellings: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    class_spellings: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    lookalikes: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Other tables that are mistaken for this one: what they are called, and columns by which they are known."""
    usual_units: Mapping[str, str] = field(default_factory=dict)
    """The units in which numbers within the bounds are, as far as these are known: `mg/l`."""
    shipped: Path | None = None
    """The table that comes with the program, where one does."""

    def __post_init__(self) -> None:
        """A table that cannot be obeyed is not declared at all."""
        from schemas.declaration import check_schema  # which needs pandas, as a table's name does not

        check_schema(self.name, self.schema, self.bounds)

    @cached_property
    def schema(self) -> pa.DataFrameSchema:
        """The pandera schema of the features alone."""
        return self.model.to_schema()

    @cached_property
    def features(self) -> tuple[str, ...]:
        """The features in the order of the declaration, which is the order of a matrix's columns."""
        return tuple(self.schema.columns)

    @cached_property
    def bounds(self) -> dict[str, tuple[float, float]]:
        """The lowest and highest plausible value of each feature."""
        return {name: self._bounds(name) for name in self.features}

    def _bounds(self, name: str) -> tuple[float, float]:
        stated = [check.statistics for check in self.schema.columns[name].checks]
        lowest = [each["min_value"] for each in stated if "min_value" in each]
        highest = [each["max_value"] for each in stated if "max_value" in each]
        return max(lowest, default=float("-inf")), min(highest, default=float("inf"))

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


def table_names() -> tuple[str, ...]:
    """The tables there are: modules whose names begin with an underscore are none."""
    names = (module.name for module in pkgutil.iter_modules(schemas.tables.__path__))
    return tuple(sorted(name for name in names if not name.startswith("_")))


def check_name(name: str) -> None:
    """TableError where no table of this name is declared."""
    if name not in table_names():
        message = f"no such table; found {name!r}; the tables are {', '.join(table_names())}"
        raise TableError(message)


def get_table(name: str) -> Table:
    """The table of this name; TableError where none is declared, or it cannot be obeyed."""
    check_name(name)
    table = importlib.import_module(f"schemas.tables.{name}").TABLE
    assert isinstance(table, Table)
    return table
