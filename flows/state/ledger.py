"""The ledger: the labels file itself, which records what it was made from."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from data.errors import SourceError
from schemas.record import Record

if TYPE_CHECKING:
    from flows.state.home import Home


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


def batches_of(home: Home) -> list[str]:
    """The batches of a home that have labels, in order of their names."""
    return sorted(path.stem for path in home.labels("").parent.glob("*.parquet"))
