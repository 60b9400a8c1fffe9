"""Tables: those that come with the program, a file each, and how any table is named."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Final

from schemas.errors import TableError
from schemas.modules import object_of
from schemas.table import Table
from schemas.table_file import parse_table, read_table
from schemas.table_text import text_of

FOLDER: Final = Path(__file__).parent
DEFAULT: Final = "wine"


def table_names() -> tuple[str, ...]:
    """The tables that come with the program."""
    return tuple(sorted(path.stem for path in FOLDER.glob("*.toml")))


@cache
def get_table(name: str) -> Table:
    """The table of this name that comes with the program; TableError where none does."""
    if name not in table_names():
        message = f"no such table; found {name!r:.80}; the tables are {', '.join(table_names())}"
        raise TableError(f"{message}; or name a file, table.toml, or module:OBJECT")
    return read_table(FOLDER / f"{name}.toml", packaged=True)


def table_of_reference(reference: str) -> Table:
    """The table that a person names: a file in TOML, ``module:OBJECT``, or one that comes with the program."""
    if reference.endswith(".toml") or Path(reference).is_file():
        table = read_table(Path(reference))
        shipped = get_table(table.name) if table.name in table_names() else None
        return shipped if shipped and shipped.text == table.text else table
    return _of_module(reference) if ":" in reference else get_table(reference)


def _of_module(reference: str) -> Table:
    found = object_of(reference)
    if not isinstance(found, Table):
        message = (
            f"{reference}: no table; found a {type(found).__name__}; make one with schemas.pandera_schema.table_of"
        )
        raise TableError(message)
    if found.text:
        return found
    return parse_table(text_of(found, reference), reference, Path.cwd())
