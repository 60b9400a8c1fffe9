"""Declared: what results are read by of a table's declaration, known again without importing what declares it.

That takes seconds. It is kept with the sha256 of the module that said it, and holds for as long as that says the same;
and with its own sha256, for what is damaged says nothing.
"""

from __future__ import annotations

import hashlib
import json
from contextlib import suppress
from dataclasses import dataclass
from importlib.metadata import version as installed
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Self

from data.staging import Stage
from models.disk import read

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flows.state.home import Home
    from schemas.table import Table

LARGEST: Final = 1 << 20


@dataclass(frozen=True)
class Declared:
    """A table's name, its features in order, its classes by their ids, and the table that comes with the program."""

    name: str
    features: tuple[str, ...]
    classes: Mapping[int, str]
    shipped: Path | None

    @classmethod
    def of(cls, table: Table) -> Self:
        """What this table declares."""
        return cls(table.name, table.features, table.classes, table.shipped)

    @classmethod
    def read(cls, home: Home, name: str) -> Self | None:
        """What was kept of a table; None where that is nothing, or the table may declare something else now."""
        with suppress(OSError, ValueError, RecursionError, TypeError, KeyError, AttributeError):
            kept = json.loads(read(home.declared(name), LARGEST))
            if kept.pop("sha256") == _digest(kept) and kept["module"] == _module(name):
                classes = {int(number): text for number, text in kept["classes"].items()}
                shipped = kept["shipped"] and Path(kept["shipped"])
                return cls(name, tuple(kept["features"]), classes, shipped)
        return None

    @property
    def class_names(self) -> tuple[str, ...]:
        """The classes in the order of their ids."""
        return tuple(name for _, name in sorted(self.classes.items()))

    def keep(self, home: Home) -> None:
        """Keep it; on a disk that cannot be written the next run imports the table again."""
        if Declared.read(home, self.name) == self:
            return
        path = home.declared(self.name)
        with suppress(OSError), Stage(home.staging, "declared", self.name) as stage:
            facts = self._facts()
            stage.file(path).write_text(json.dumps(facts | {"sha256": _digest(facts)}), encoding="utf-8")
            stage.publish()

    def _facts(self) -> dict[str, Any]:
        shipped = str(self.shipped) if self.shipped else None
        kept = {"features": self.features, "classes": dict(self.classes), "shipped": shipped}
        return {"module": _module(self.name), **kept}


def _digest(facts: dict[str, Any]) -> str:
    return hashlib.sha256(json.dumps(facts).encode()).hexdigest()


def _module(name: str) -> list[str]:
    """What decides what a table declares: the program's version, and the module's place and bytes."""
    found = find_spec(f"schemas.tables.{name}")
    place = Path(found.origin if found and found.origin else "")
    return [installed("wine-labels"), str(place), hashlib.sha256(place.read_bytes()).hexdigest()]
