"""Delivered: what came of a delivery of truth, as `--json` shows it."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, Literal, Self

from data.files import batch_name
from flows.jobs.batch import LONGEST_NAME
from flows.jobs.counts import counted
from flows.jobs.refusals import reason
from flows.state.printable import printable
from flows.state.tellings import BETWEEN, deliveries

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from data.places import Place
    from data.sources import Source
    from flows.state.home import Home
    from schemas.telling import Delivery

LONGEST_STEM: Final = 100  # characters
SHORT: Final = 12  # characters of a sha256 in a name
UNKNOWN: Final = "unknown"
DOUBLED: Final = "doubled"
OTHER_BYTES: Final = "other_bytes"
NO_CLASS: Final = "no_class"
CONTRADICTING: Final = "contradicting"
ANOTHER_ID: Final = "another_id"
OTHER_MEASUREMENTS: Final = "other_measurements"
WORDS: Final = {
    UNKNOWN: "no labelled row has that id or number",
    DOUBLED: "several rows of other measurements have that id",
    OTHER_BYTES: "other bytes than are labelled",
    NO_CLASS: "no class",
    CONTRADICTING: "two truths of one row",
    ANOTHER_ID: "the row labelled has another id",
    OTHER_MEASUREMENTS: "the row labelled has other measurements",
}
"""Why rows of a truth file are left out."""


@dataclass(frozen=True)
class Delivered:
    """One file of truth: how many of its rows tell of rows that are labelled, and why the others do not."""

    source: str
    status: Literal["added", "unchanged", "refused"]
    rows: int = 0
    told: int = 0
    left_out: Mapping[str, int] = field(default_factory=dict)
    batches: Sequence[str] = ()
    warnings: Sequence[str] = ()
    truth: str | None = None
    error: str | None = None

    @classmethod
    def refused(cls, source: str, error: BaseException) -> Self:
        """A delivery that is refused for this reason."""
        return cls(printable(source, LONGEST_NAME), "refused", error=reason(error))

    @classmethod
    def of(
        cls,
        source: Source,
        path: Place,
        delivery: Delivery,
        status: Literal["added", "unchanged"] = "added",
        **more: Any,
    ) -> Self:
        """What a source has told, as is recorded of it."""
        batches = delivery.batches.split(BETWEEN)
        return cls(source.name, status, delivery.rows, delivery.told, batches=batches, truth=str(path), **more)


def delivery_name(source: Source, batch: str | None = None) -> str:
    """What a delivery is called: after its file, and by the bytes of that and the batch that is named beside it."""
    sha256 = source.sha256 if batch is None else hashlib.sha256(f"{source.sha256} {batch}".encode()).hexdigest()
    return f"{stem(source.file)}-{sha256[:SHORT]}"


def stem(name: str) -> str:
    """What the names of deliveries of files of this name begin with."""
    return batch_name(name)[:LONGEST_STEM]


def delivered_before(source: Source, home: Home, batch: str | None = None) -> Delivered | None:
    """What came of the very same bytes when they were delivered, under whatever name; None where they were not."""
    for path, delivery in deliveries(home):
        if delivery.delivery_sha256 == source.sha256 and batch in (None, delivery.batches):
            return Delivered.of(source, path, delivery, "unchanged")
    return None


def in_words(left_out: Mapping[str, int]) -> str:
    """How many rows were left out and why; empty where none was.

    >>> in_words({"unknown": 2, "no_class": 1})
    '2 rows (no labelled row has that id or number), 1 row (no class)'
    """
    return ", ".join(f"{counted(count, 'row')} ({WORDS[why]})" for why, count in left_out.items())
