"""The ledger: the labels file itself, which records what it was made from."""

from __future__ import annotations

import hashlib
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING, Final, Self

import pyarrow as pa
import pyarrow.parquet as pq

from data.layouts import SourceError
from flows.progress import check

if TYPE_CHECKING:
    from flows.home import Home

PREFIX: Final = "wine_labels."
PIECE: Final = 1 << 22


@dataclass(frozen=True)
class Record:
    """What a labels file says of itself, in the file's metadata, each entry under its name after `wine_labels.`."""

    schema_version: int
    table: str
    source: str
    source_sha256: str
    model_version: int
    model_sha256: str
    code_version: str
    rows: int
    labelled: int
    rejected: int
    columns: str

    def metadata(self) -> dict[str, str]:
        """As entries of a Parquet file's metadata."""
        return {PREFIX + name: str(value) for name, value in asdict(self).items()}

    @classmethod
    def read(cls, labels: Path) -> Self | None:
        """The record of a labels file; None where there is no such file or it is none of ours."""
        try:
            metadata = pq.read_metadata(labels).metadata or {}
            found = {each.name: metadata[f"{PREFIX}{each.name}".encode()].decode() for each in fields(cls)}
            numbers = {each.name: int(found[each.name]) for each in fields(cls) if each.type == "int"}
            return cls(**(found | numbers))
        except (OSError, pa.ArrowException, KeyError, ValueError):
            return None


def published(home: Home, batch: str) -> Record | None:
    """The record of a batch; None where it is not published, or only in part."""
    record, *others = (Record.read(path) for path in (home.labels(batch), home.rejects(batch), home.report(batch)))
    return record if others == [record, record] else None


def record_of(home: Home, batch: str) -> Record:
    """The record of a batch's labels; SourceError where there are none."""
    record = Record.read(home.labels(batch)) if batch and Path(batch).name == batch else None
    if record is None:
        message = f"{home.labels(batch)}: no labels of a batch {batch!r}; found none there; see data/labels for names"
        raise SourceError(message)
    return record


def sha256_of(source: Path) -> str:
    """The sha256 of a file's bytes; it stops where the run is stopped."""
    digest = hashlib.sha256()
    with source.open("rb") as file:
        while piece := file.read(PIECE):
            digest.update(piece)
            check()
    return digest.hexdigest()
