r"""Label sets as text: the names of classes joined by a bar; a bar or backslash within a name follows a backslash."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

SEPARATOR: Final = "|"
NAME: Final = re.compile(r"(?:\\.|[^\\|])+", re.DOTALL)


def join_names(names: Iterable[str]) -> str:
    r"""The names as the text of a set.

    >>> join_names(["a", "b|c"])
    'a|b\\|c'
    """
    return SEPARATOR.join(re.sub(r"([\\|])", r"\\\1", name) for name in names)


def split_names(text: str) -> list[str]:
    """The names of a set, none of which is empty."""
    return [re.sub(r"\\(.)", r"\1", name, flags=re.DOTALL) for name in NAME.findall(text)]


def is_escaped(names: Iterable[str]) -> bool:
    """Whether any of these names is written otherwise within a set."""
    return any(join_names([name]) != name for name in names)
