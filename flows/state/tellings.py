"""Tellings: what deliveries of truth say of the rows of a batch; of each row the newest counts."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Self

import pyarrow as pa
import pyarrow.compute as pc

from data.errors import SourceError
from data.published import open_published
from schemas.telling import Delivery

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from data.places import Place
    from flows.state.home import Home
    from schemas.record import Record

BETWEEN: Final = "/"  # names of batches, which hold none
READ: Final = ("batch", "row", "id", "truth", "by", "note", "how", "source_sha256", "told_at")
SAMPLED: Final = "sampled"
REVIEWED: Final = "reviewed"


@dataclass(frozen=True, eq=False)
class Told:
    """The truth of a batch's rows.

    ``rows`` has `row` (each once, ascending), `id`, `truth`, `by`, `note`, `how`, `told_at`, and `contradicted`:
    whether an earlier telling said otherwise. A row that any telling drew at random stays `sampled`. ``other_bytes``
    are the tellings of rows of other bytes than were labelled, which no id leads to a row of these.
    """

    rows: pa.Table
    deliveries: Sequence[Delivery]
    other_bytes: int


class Tellings:
    """All deliveries of a home, each read for the batches it tells of and no others."""

    def __init__(self, home: Home, found: Mapping[str, Sequence[tuple[Place, Delivery]]]) -> None:
        self._home = home
        self._found = found

    @classmethod
    def of(cls, home: Home) -> Self:
        """The deliveries of a home; SourceError where one of them is damaged."""
        check_deliveries(home)
        return cls.readable(home)

    @classmethod
    def readable(cls, home: Home) -> Self:
        """Those of them that can be read."""
        found: defaultdict[str, list[tuple[Place, Delivery]]] = defaultdict(list)
        for path, delivery in sorted(deliveries(home), key=lambda each: (each[1].told_at, each[0].name)):
            for batch in delivery.batches.split(BETWEEN):
                found[batch].append((path, delivery))
        return cls(home, found)

    @property
    def batches(self) -> list[str]:
        """The batches that any delivery tells of, in order."""
        return sorted(self._found)

    def deliveries(self, batch: str) -> list[Delivery]:
        """The deliveries that tell of a batch, the newest last."""
        return [delivery for _, delivery in self._found.get(batch, [])]

    def told(self, batch: str, record: Record, features: Sequence[str] = ()) -> Told | None:
        """What is told of the rows of a batch as it is labelled, with these features; None where nothing is."""
        files = self._found.get(batch, [])
        if not files:
            return None
        told = pa.concat_tables([_read(path, batch, features) for path, _ in files])
        own = pc.equal(told["source_sha256"], record.source_sha256)
        mine, others = told.filter(own), told.filter(pc.invert(own))
        moved = _by_id(others, self._home.labels(batch)) if others.num_rows else others
        rows = pa.concat_tables([mine, moved]).sort_by([("told_at", "ascending")])
        return Told(_newest(rows), self.deliveries(batch), others.num_rows - moved.num_rows)


def deliveries(home: Home) -> list[tuple[Place, Delivery]]:
    """The deliveries of a home that can be read, and where each is, in order of their names."""
    return [(path, delivery) for path in _files(home) if (delivery := Delivery.read(path))]


def check_deliveries(home: Home) -> None:
    """SourceError where what somebody told cannot be read any more, by its beginning and end."""
    for path in _files(home):
        if Delivery.read(path) is None:
            raise damaged_delivery(path, "no record of a delivery in it")


def damaged_delivery(path: Place, found: str) -> SourceError:
    """The refusal of a truth file that is not what was kept."""
    remedy = "restore it from a copy, or remove it and add again the file it was made from"
    return SourceError(f"{path}: damaged truth; found {' '.join(found.split())[:160]}; {remedy}")


def _files(home: Home) -> list[Place]:
    folder = home.truth("").parent
    return sorted(folder.glob("*.parquet"), key=lambda path: path.name) if folder.is_dir() else []


def read_delivery(path: Place, columns: Sequence[str]) -> pa.Table:
    """These columns of a delivery; SourceError where it is damaged."""
    try:
        with open_published(path) as file:
            return file.read(columns=[*columns])
    except (pa.ArrowException, OSError, ValueError) as error:
        raise damaged_delivery(path, str(error)) from error


def _read(path: Place, batch: str, features: Sequence[str]) -> pa.Table:
    table = read_delivery(path, [*READ, *features])
    plain = [column.cast(pa.string()) if pa.types.is_dictionary(column.type) else column for column in table.columns]
    table = pa.table(dict(zip(table.column_names, plain, strict=True)))
    return table.filter(pc.equal(table["batch"], batch)).drop_columns("batch")


def _by_id(told: pa.Table, labels: Place) -> pa.Table:
    """Those of the rows told whose id stands once among the labels, under the numbers they have there."""
    with open_published(labels) as file:
        known = file.read(columns=["row", "id"])
    ids = known["id"].combine_chunks()
    counts = ids.value_counts()
    once = counts.filter(pc.equal(counts.field("counts"), 1)).field("values").drop_null()
    usable = told.filter(pc.is_in(told["id"], value_set=once))
    places = pc.index_in(usable["id"], value_set=ids)
    rows = known["row"].take(places)
    return usable.set_column(usable.column_names.index("row"), "row", rows)


def _newest(told: pa.Table) -> pa.Table:
    """Of tellings in their order the last of each row."""
    frame = told.to_pandas()
    by_row = frame.groupby("row", sort=True)
    newest = by_row.tail(1).sort_values("row")
    several = by_row["truth"].transform("nunique").loc[newest.index] > 1
    sampled = frame["how"].eq(SAMPLED).groupby(frame["row"]).transform("any").loc[newest.index]
    kept = told.take(pa.array(newest.index))
    how = pc.if_else(pa.array(sampled.to_numpy()), SAMPLED, kept["how"].combine_chunks())
    return (
        kept.drop_columns("source_sha256")
        .set_column(kept.column_names.index("how"), "how", how)
        .append_column("contradicted", pa.array(several.to_numpy()))
    )
