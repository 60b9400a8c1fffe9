"""The record: what each results file says in its metadata of what it was made from."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field, fields
from typing import TYPE_CHECKING, Any, Final, Self

import pyarrow as pa
import pyarrow.parquet as pq

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

PREFIX: Final = "wine_labels."
PERHAPS: Final = {"suspect"}  # entries that are there only where they say something


def _entry(meaning: str) -> Any:
    return field(metadata={"meaning": meaning})


@dataclass(frozen=True)
class Record:
    """What a results file records, each entry as text under `wine_labels.` and its name.

    Names and order of the entries are in published files and do not change.
    """

    schema_version: int = _entry("the version of this contract")
    table: str = _entry("the table the rows belong to")
    source: str = _entry("name of the input file")
    source_sha256: str = _entry("sha256 of the input's bytes")
    model_version: int = _entry("the version of the model")
    model_sha256: str = _entry("sha256 of that version's model.json, which holds those of its other files")
    code_version: str = _entry("the version of wine-labels")
    rows: int = _entry("rows of the input")
    labelled: int = _entry("rows labelled")
    rejected: int = _entry("rows rejected; rows = labelled + rejected")
    columns: str = _entry("what --columns said of the input's columns, in its order; empty where it was not given")
    suspect: str = field(
        default="", metadata={"meaning": "what columns that do not go together look like; there only where they do not"}
    )

    def metadata(self) -> dict[str, str]:
        """As entries of a Parquet file's metadata."""
        return {PREFIX + name: str(value) for name, value in asdict(self).items() if name not in PERHAPS or value}

    @classmethod
    def meanings(cls) -> dict[str, str]:
        """Every entry and what it means."""
        return {PREFIX + each.name: each.metadata["meaning"] for each in fields(cls)}

    @classmethod
    def missing(cls, metadata: Mapping[bytes, bytes] | None) -> list[str]:
        """The entries that a file's metadata lack."""
        needed = (name for name in cls.meanings() if name.removeprefix(PREFIX) not in PERHAPS)
        return [name for name in needed if name.encode() not in (metadata or {})]

    @classmethod
    def parse(cls, metadata: Mapping[bytes, bytes] | None) -> Self:
        """The record in a Parquet file's metadata; KeyError or ValueError where an entry is missing or malformed."""
        entries: dict[str, Any] = {}
        for each in fields(cls):
            name = f"{PREFIX}{each.name}".encode()
            if each.name in PERHAPS and name not in (metadata or {}):
                continue
            text = (metadata or {})[name].decode()
            entries[each.name] = int(text) if each.type == "int" else text
        return cls(**entries)

    @classmethod
    def read(cls, path: Path) -> Self | None:
        """The record of a results file; None where there is no such file or it is none of ours."""
        try:
            return cls.parse(pq.read_metadata(path).metadata)
        except (OSError, pa.ArrowException, KeyError, ValueError):
            return None
