"""Metadata: what a Parquet file of ours says of itself, each entry as text under `wine_labels.` and its name."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field, fields
from typing import TYPE_CHECKING, Any, Final, Self

import pyarrow as pa
import pyarrow.parquet as pq

if TYPE_CHECKING:
    from collections.abc import Mapping

    from schemas.anywhere import Anywhere

PREFIX: Final = "wine_labels."


def entry(meaning: str) -> Any:
    """A field that is always there."""
    return field(metadata={"meaning": meaning})


def perhaps(meaning: str) -> Any:
    """A field of text that is there only where it says something."""
    return field(default="", metadata={"meaning": meaning})


@dataclass(frozen=True)
class Metadata:
    """The entries of one kind of file; names and order are in published files and do not change."""

    def metadata(self) -> dict[str, str]:
        """As entries of a Parquet file's metadata."""
        optional = self._optional()
        return {PREFIX + name: str(value) for name, value in asdict(self).items() if name not in optional or value}

    @classmethod
    def meanings(cls) -> dict[str, str]:
        """Every entry and what it means."""
        return {PREFIX + each.name: each.metadata["meaning"] for each in fields(cls)}

    @classmethod
    def missing(cls, metadata: Mapping[bytes, bytes] | None) -> list[str]:
        """The entries that a file's metadata lack."""
        needed = (name for name in cls.meanings() if name.removeprefix(PREFIX) not in cls._optional())
        return [name for name in needed if name.encode() not in (metadata or {})]

    @classmethod
    def parse(cls, metadata: Mapping[bytes, bytes] | None) -> Self:
        """What a Parquet file's metadata say; KeyError or ValueError where an entry is missing or malformed."""
        entries: dict[str, Any] = {}
        for each in fields(cls):
            name = f"{PREFIX}{each.name}".encode()
            if each.name in cls._optional() and name not in (metadata or {}):
                continue
            text = (metadata or {})[name].decode()
            entries[each.name] = int(text) if each.type == "int" else text
        return cls(**entries)

    @classmethod
    def read(cls, path: Anywhere) -> Self | None:
        """What a file says of itself; None where there is no such file or it is none of ours."""
        try:
            with path.open("rb") as file:
                return cls.parse(pq.read_metadata(file).metadata)
        except (OSError, pa.ArrowException, KeyError, ValueError):
            return None

    @classmethod
    def _optional(cls) -> set[str]:
        return {each.name for each in fields(cls) if each.default == ""}
