"""Inferred names: what tables and columns are called whose own names files of ours cannot bear."""

from __future__ import annotations

import re
import unicodedata
from itertools import chain, count
from typing import TYPE_CHECKING, Final

from schemas.names import DEVICES, LONGEST, RESERVED, TABLE_NAME, has_letters
from schemas.tables import table_names

if TYPE_CHECKING:
    from collections.abc import Collection

UNNAMED: Final = "table"
UNNAMED_LABEL: Final = "class"
LONGEST_TABLE: Final = 40
NUMBERED: Final = LONGEST - 10  # characters that leave room for a number


def feature_name(name: str, taken: Collection[str]) -> str:
    """The name of a column as files of ours can bear it: its own, or one that is not taken, whatever its case."""
    plain = _plain(name)
    plain = f"input_{plain}" if plain.casefold() in RESERVED else plain
    if plain == name:
        return name
    numbered = (f"{plain[:NUMBERED]}_{number}" for number in count(2))
    return next(each for each in chain([plain], numbered) if each.casefold() not in taken)


def label_name(name: str) -> str:
    """The name of the label: its own, unless it cannot be written."""
    plain = _plain(name)
    return plain if has_letters(plain) else UNNAMED_LABEL


def table_name(batch: str) -> str:
    """What a table is called that is inferred from a file of this name, as folders and keys can bear it.

    >>> table_name("2024 Crème brûlée (final)"), table_name("Iris"), table_name("表")
    ('creme-brulee-final', 'iris', 'table')
    """
    plain = unicodedata.normalize("NFKD", batch).encode("ascii", "ignore").decode().lower()
    name = re.sub(r"[^a-z0-9_]+", "-", plain).lstrip("-_0123456789")[:LONGEST_TABLE].rstrip("-_")
    name = f"{name}-{UNNAMED}" if name in table_names() else name
    return name if TABLE_NAME.fullmatch(name) and name not in DEVICES else UNNAMED


def _plain(name: str) -> str:
    return "".join(each if each.isprintable() else " " for each in name).strip()[:LONGEST].strip()
