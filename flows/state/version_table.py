"""A version's table: what rows had to look like when it was trained, which it carries with it."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from models.errors import ModelError, damaged
from models.store import ModelStore
from schemas.errors import TableError
from schemas.table_file import TABLE_FILE, parse_table
from schemas.tables import DEFAULT, get_table, table_names

if TYPE_CHECKING:
    from collections.abc import Sequence

    from flows.state.home import Home
    from models.store import Version
    from schemas.table import Table


def table_of(version: Version, home: Home) -> Table:
    """The table that a version was trained on; ModelError where the home's is another, named by what differs.

    Bounds, levels, spellings and titles may have changed since: those of the version count for its labels.
    """
    own = own_table(version)
    if difference := _difference(own, home.table):
        message = f"version {version.number} is not for the table {home.table.name}; found {difference}"
        raise ModelError(f"{message}; put its table.toml back, or name another --home")
    return own


@lru_cache(maxsize=4)
def own_table(version: Version) -> Table:
    """The table that a version carries, or the one that comes with the program; ModelError where it is damaged."""
    if TABLE_FILE in version.files:
        where = f"version {version.number}: {TABLE_FILE}"
        try:
            return parse_table(version.files[TABLE_FILE].decode(), where, Path())
        except (UnicodeDecodeError, TableError) as error:
            text = str(error)
            raise damaged(text if text.startswith(where) else f"{where}: {text}") from error
    name = version.notes.get("table")
    return get_table(name if name in table_names() else DEFAULT)


def check_home(home: Home) -> None:
    """ModelError where the versions there are were trained on another table than is declared."""
    store = ModelStore(home.models)
    if versions := store.versions():
        table_of(store.load(store.champion() or versions[-1]), home)


def _difference(own: Table, declared: Table) -> str:
    """What of a version's table is not as it is declared, as far as labels depend on it; empty if nothing."""
    for what, here, there in (
        ("the table", [own.name], [declared.name]),
        ("features", own.features, declared.features),
        ("categories", [*own.categories], [*declared.categories]),
        ("classes", [f"{number} {name}" for number, name in sorted(own.classes.items())],
         [f"{number} {name}" for number, name in sorted(declared.classes.items())]),
    ):  # fmt: skip
        if [*here] != [*there]:
            return f"{what} {_other(here, there)}, declared {_other(there, here)}"
    for name, feature in own.categories.items():
        levels = declared.categories[name].levels
        if any(one != other for one, other in zip(levels, feature.levels, strict=False)):  # more may follow in either
            return f"levels of {name!r:.80} {', '.join(feature.levels)[:120]}, declared {', '.join(levels)[:120]}"
    return ""


def _other(these: Sequence[str], those: Sequence[str]) -> str:
    """The names that only these have; all where they differ in order alone."""
    only = [name for name in these if name not in those] or [*these]
    return ", ".join(map(repr, only))[:120] or "none"
