"""Replay: a batch's labels made again from what its file records, and how the two differ."""

from __future__ import annotations

import tempfile
from collections import Counter
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from functools import reduce
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pyarrow as pa
import pyarrow.compute as pc

from data.errors import SourceError
from data.parquet_file import ParquetFile
from data.places import same_bytes
from data.published import open_published
from data.staging import Stage
from data.stated import split_stated
from flows.jobs.label import label
from flows.jobs.request import Request
from flows.jobs.stopping import check
from flows.jobs.target import check_target, written
from flows.state.home import Home
from flows.state.inputs import find_input
from flows.state.ledger import record_of
from flows.state.version_table import own_table

if TYPE_CHECKING:
    from collections.abc import Iterator

    from data.places import Place

SHOWN: Final = 10
PLAINLY: Final = ("label", "label_set", "review")
TOLD: Final = ("label", "confidence", "label_set", "typicality", "review")


@dataclass
class Replay:
    """A batch labelled once more: by which version, and in how many rows it comes out otherwise."""

    batch: str
    version: int
    again: int
    identical: bool
    """Whether the two files are the same byte for byte."""
    rows: int = 0
    differing: int = 0
    """Rows in which anything the model says differs."""
    changes: Counter[tuple[str, str]] = field(default_factory=Counter)
    """How often a label became another."""
    shown: list[dict[str, Any]] = field(default_factory=list)
    """The first rows whose label, label set or review differ."""


def label_again(
    batch: str, home: Home, *, source: Place | None = None, version: int | None = None, target: Path | None = None
) -> Replay:
    """Label a batch again as its file records, or by another version, beside it; nothing published is touched.

    The rows that differ go to the target as Parquet, where one is named. SourceError where the batch is not there or
    its source is not found, or has other bytes than were labelled.
    """
    record = record_of(home, batch)
    if target is not None:
        check_target(target, home, "differences")
    origin = find_input(home, batch, record, source)
    pinned = Request.pinned(home, version or record.model_version)
    with _beside(home, batch) as folder:
        again = Home(folder, own_table(pinned.model()))
        columns = split_stated(record.columns)
        made = label(
            origin, replace(pinned, home=again, columns=columns, max_rejects=1, accept_suspect=True), pinned.model()
        )
        old, new = home.labels(batch), again.labels(made.batch)
        identical = same_bytes(old, new)
        found = Replay(batch, record.model_version, pinned.version, identical, record.rows)
        if target is None:
            _compare(old, new, found, None)
        else:
            _write(old, new, found, target)
    return found


@contextmanager
def _beside(home: Home, batch: str) -> Iterator[Path]:
    """A folder of its own on a stage of the home, swept like the others; a temporary one where none can be made."""
    with ExitStack() as stack:
        try:
            stage = stack.enter_context(Stage(home.staging, "replay", batch, waiting=check))
            folder = stage.room()
        except OSError:  # a home that this user may only read
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        yield folder


def _write(old: Place, new: Place, found: Replay, target: Path) -> None:
    with written(target, "differences") as place, ParquetFile(place, SCHEMA) as file:
        _compare(old, new, found, file)
        file.close({"wine_labels.batch": found.batch, "wine_labels.versions": f"{found.version} {found.again}"})


TEXT: Final = pa.dictionary(pa.int32(), pa.string())
KINDS: Final = {
    "label": TEXT, "confidence": pa.float32(), "label_set": TEXT, "typicality": pa.float32(), "review": pa.bool_(),
}  # fmt: skip
SCHEMA: Final = pa.schema(
    [pa.field("row", pa.int64(), nullable=False), pa.field("id", pa.string())]
    + [pa.field(f"{name}{which}", KINDS[name], nullable=False) for name in TOLD for which in ("", "_again")]
)


def _compare(old: Place, new: Place, found: Replay, file: ParquetFile | None) -> None:
    for before, after in _batches(old, new):
        if before["row"] != after["row"]:
            message = (
                f"batch {found.batch!r} has other rows than before; found another reading of its source; see --explain"
            )
            raise SourceError(message)
        same = [pc.equal(_plain(before[name]), _plain(after[name])) for name in (*TOLD, *_shares(before))]
        differs = pc.invert(reduce(pc.and_, same))
        left, right = before.filter(differs), after.filter(differs)
        found.differing += left.num_rows
        pairs = zip(left["label"].to_pylist(), right["label"].to_pylist(), strict=True)
        found.changes.update(pair for pair in pairs if pair[0] != pair[1])
        columns = {"row": left["row"], "id": left["id"]}
        columns |= {f"{name}{end}": side[name] for name in TOLD for side, end in ((left, ""), (right, "_again"))}
        rows = pa.table(columns, schema=SCHEMA)
        plainly = reduce(pc.or_, [pc.not_equal(_plain(left[name]), _plain(right[name])) for name in PLAINLY])
        found.shown += rows.filter(plainly).slice(0, SHOWN - len(found.shown)).to_pylist()
        if file:
            file.write(rows)


def _batches(old: Place, new: Place) -> Iterator[tuple[pa.RecordBatch, pa.RecordBatch]]:
    with open_published(old) as before, open_published(new) as after:
        yield from zip(before.iter_batches(), after.iter_batches(), strict=True)


def _shares(batch: pa.RecordBatch) -> list[str]:
    return [name for name in batch.schema.names if name.startswith("p_")]


def _plain(column: pa.Array) -> pa.Array:
    return column.dictionary_decode() if pa.types.is_dictionary(column.type) else column
