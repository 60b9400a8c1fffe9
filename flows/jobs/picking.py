"""Picking: the rows of a sheet, a share of them drawn at random from all, the others those in most need of a person."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import pyarrow as pa
import pyarrow.compute as pc

from flows.state.least import Least
from flows.state.need import Need
from flows.state.tellings import SAMPLED, Tellings
from nn.lots import Lots

if TYPE_CHECKING:
    from collections.abc import Sequence

    from flows.state.home import Home
    from flows.state.measured import Measured

REVIEWED: Final = "reviewed"
LOT: Final = " lot"  # which no feature can be called, as it begins with a blank


@dataclass(frozen=True)
class Asked:
    """Which rows a sheet is asked for: of which batches, how many, what share at random, and whether without labels."""

    batches: Sequence[str] = ()
    """All of the table's where none is named."""
    rows: int = 50
    at_random: float = 0.2
    blind: bool = False

    @property
    def drawn(self) -> int:
        """How many rows are drawn at random: one at least where any are."""
        return min(self.rows, max(round(self.rows * self.at_random), 1)) if self.at_random else 0


@dataclass(frozen=True)
class Picked:
    """The rows of a sheet in its order, each with `how` it was picked, and how many rows are up for review in all."""

    rows: Sequence[dict[str, Any]]
    up_for_review: int


def pick(home: Home, found: Sequence[Measured], asked: Asked) -> Picked:
    """The rows of these batches that a person should look at.

    Each row labelled has a pseudo-random number that its source and its model decide, and those of the least numbers
    are drawn, whatever is said or told of them: accuracy on them is that of all rows. Only what was drawn before and
    told since is passed over, and the next one drawn.
    """
    tellings, need, drawn = Tellings.of(home), Need(asked.rows), Least([LOT], asked.drawn)
    for batch in found:
        told, drawn_before = _told(tellings, batch)
        lots = Lots([batch.record.source_sha256, batch.record.model_sha256])
        for part in batch.parts():
            need.add(part, told)
            numbered = part.append_column(LOT, pa.array(lots.draw(part.num_rows)))
            drawn.add(numbered.filter(pc.invert(pc.is_in(part["row"], value_set=drawn_before))))
    sampled = [row | {"how": SAMPLED} for row in drawn.rows]
    taken = {(row["batch"], row["row"]) for row in sampled}
    others = [row | {"how": REVIEWED} for row in need.ranked() if (row["batch"], row["row"]) not in taken]
    rows = _among(sampled, others[: asked.rows - len(sampled)])
    return Picked(_shuffled(rows, found) if asked.blind else rows, need.up_for_review)


def _told(tellings: Tellings, batch: Measured) -> tuple[pa.Array, pa.Array]:
    """The numbers of a batch's rows whose truth is told, and of those that had been drawn at random."""
    told = tellings.told(batch.batch, batch.record)
    if told is None:
        return pa.array([], pa.int64()), pa.array([], pa.int64())
    sampled = told.rows.filter(pc.equal(told.rows["how"], SAMPLED))
    return told.rows["row"].combine_chunks(), sampled["row"].combine_chunks()


def _among(sampled: Sequence[dict[str, Any]], others: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Both in their orders, spread evenly among each other: who stops half way has done half of either."""
    placed = [((at + 0.5) / len(rows), row) for rows in (others, sampled) for at, row in enumerate(rows)]
    return [row for _, row in sorted(placed, key=lambda each: each[0])]


def _shuffled(rows: Sequence[dict[str, Any]], found: Sequence[Measured]) -> list[dict[str, Any]]:
    """In an order that says nothing of them: in that of need, the first would be the doubtful ones."""
    numbers = Lots([each.record.source_sha256 for each in found]).draw(len(rows)).tolist()
    return [row for _, row in sorted(zip(numbers, rows, strict=True), key=lambda each: each[0])]
