"""The table of a home: declared in its table.toml, or named once and kept there; wine where there is none."""

from __future__ import annotations

import json
import re
import tomllib
from functools import lru_cache
from typing import TYPE_CHECKING

from data.errors import PublishError
from data.staging import Stage
from schemas.errors import TableError
from schemas.table_file import TABLE_FILE, parse_table, read_table
from schemas.table_text import text_of
from schemas.tables import DEFAULT, get_table

if TYPE_CHECKING:
    from pathlib import Path

    from data.places import Place
    from schemas.table import Table


def table_in(folder: Place, named: Table | None) -> Table:
    """The table of its table.toml, else the one named, else wine; TableError where that does not hold."""
    path = folder / TABLE_FILE
    try:
        stamp = path.stat()
    except OSError:
        if path.is_symlink():  # to what is not there
            return read_table(path)
        return named or _wine(folder)
    table = _read(path, stamp.st_mtime_ns, stamp.st_size)
    others = _with_versions(folder)
    if others and table.name not in others:
        message = f"one home, one table; found versions of {others[0]} in {folder}, declared is {table.name}"
        raise TableError(f"{message}; put its {TABLE_FILE} back, or name another --home")
    return table


def _wine(folder: Place) -> Table:
    """The wine table; TableError where the home has versions of another, whose declaration is gone."""
    others = _with_versions(folder)
    if others and DEFAULT not in others:
        message = f"the table of this home is gone; found versions of {others[0]} in {folder} and no {TABLE_FILE}"
        raise TableError(f"{message}; put it back, from the folder of a version if need be")
    return get_table(DEFAULT)


def check_named(folder: Place, named: Table) -> None:
    """TableError where a home has a table already, which is declared otherwise than the one that is named for it."""
    path = folder / TABLE_FILE
    if not (path.exists() or _with_versions(folder)):
        return
    table = table_in(folder, None)
    if not _same(table, named):
        message = f"one home, one table; found {table.name} in {folder}, declared otherwise than {named.name}"
        raise TableError(f"{message}; change its {TABLE_FILE}, or name another --home")


def settle(folder: Place, named: Table | None, staging: Path) -> None:
    """Keep the table that was named for a home; PublishError where it cannot be.

    TableError where it holds versions of another.
    """
    table_in(folder, named)
    path = folder / TABLE_FILE
    if named is None or named.packaged or path.exists():
        return
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with Stage(staging, "table", named.name) as stage:
            stage.file(path).write_text(_anywhere(named).text, encoding="utf-8")
            stage.publish()
    except OSError as error:
        message = f"{folder}: cannot be written to; {error.strerror or error}; make room or name another --home"
        raise PublishError(message) from error


def _same(one: Table, other: Table) -> bool:
    """Whether two declarations say the same, but for comments and the order of their words."""
    rules = [tomllib.loads(each.text).get("rules") for each in (one, other)]
    return text_of(one) == text_of(other) and rules[0] == rules[1]


def _with_versions(folder: Place) -> list[str]:
    """The tables that a home holds folders of versions of."""
    try:
        places = [path for path in (folder / "models").iterdir() if not path.name.startswith(".")]
        return sorted(path.name for path in places if any(path.iterdir()))
    except OSError:
        return []


@lru_cache(maxsize=8)
def _read(path: Place, _changed: int, _size: int) -> Table:
    """The table a file declares, read again when it has changed."""
    return read_table(path)


def _anywhere(table: Table) -> Table:
    """The same table declared with the whole path of its rows, so that its file may stand anywhere."""
    if table.shipped is None or table.packaged:
        return table
    line = f"shipped = {json.dumps(str(table.shipped), ensure_ascii=False)}"
    text = re.sub(r"(?m)^shipped\s*=.*$", lambda _: line, table.text, count=1)
    return parse_table(text, table.name, table.shipped.parent)
