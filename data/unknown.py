"""The unknown table: what a reader expects of a file of whose table nothing is declared."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

NOTHING: Final[Mapping[str, Any]] = MappingProxyType({})


class Unknown:
    """A table without a feature, a label or a class: a row is then any line that holds a number."""

    name = row = label = ""
    features = class_names = class_ids = id_spellings = ignored = ()
    bounds = spellings = lookalikes = usual_units = categories = NOTHING
    may_be_missing: frozenset[str] = frozenset()
    common_label = True

    def class_index(self, text: str) -> int:  # noqa: ARG002  no text names a class
        """No class, -1, whatever the text."""
        return -1


UNKNOWN: Final = Unknown()
