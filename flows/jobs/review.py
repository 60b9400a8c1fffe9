"""To review: the rows of batches that a person should look at, as a sheet to be filled in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from data.errors import PublishError, SourceError
from data.sheet import check_ending, write_sheet
from flows.jobs.picking import pick
from flows.jobs.target import check_target, written
from flows.state.ledger import batches_of, record_of
from flows.state.measured import Measured
from flows.state.tellings import SAMPLED
from flows.state.unusual import unusual

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from flows.jobs.picking import Asked
    from flows.state.home import Home

LABEL: Final = ("label", "confidence", "label_set")
FILLED_IN: Final = ("truth", "by", "note")
DIGITS: Final = 4  # of a confidence


@dataclass(frozen=True)
class Sheet:
    """A sheet as it was written: of which batches, and how many rows, by how they were picked."""

    sheet: str
    batches: Sequence[str]
    rows: int
    sampled: int
    reviewed: int
    up_for_review: int
    """Rows of these batches that are up for review and whose truth nobody has told."""
    warnings: Sequence[str]


def review(home: Home, target: Path, asked: Asked) -> Sheet:
    """Write the sheet that is asked for; SourceError or PublishError where there is none, or no place for it."""
    check_ending(target)
    check_target(target, home, "a sheet")
    if target.exists():
        message = f"{target}: is there already; found a file that may have been filled in; name another or remove it"
        raise PublishError(message)
    found = [*_measured(home, asked)]
    picked = pick(home, found, asked)
    if not picked.rows:
        names = ", ".join(each.batch for each in found)
        raise SourceError(f"nothing to review; found no row to pick in {names}; name other batches")
    with written(target, "sheet") as place:
        columns = sheet_columns(home, asked)
        write_sheet(place, columns, _rows(picked.rows, found, columns))
    sampled = sum(row["how"] == SAMPLED for row in picked.rows)
    return Sheet(
        sheet=str(target),
        batches=[each.batch for each in found],
        rows=len(picked.rows),
        sampled=sampled,
        reviewed=len(picked.rows) - sampled,
        up_for_review=picked.up_for_review,
        warnings=[text for each in found for text in each.missing],
    )


def sheet_columns(home: Home, asked: Asked) -> list[str]:
    """The columns of a sheet, those that a person fills in last."""
    label = () if asked.blind else LABEL
    return ["batch", "row", "id", *label, *home.table.features, "unusual", "input", "how", *FILLED_IN]


def _measured(home: Home, asked: Asked) -> Iterator[Measured]:
    """The batches asked for and what they were made from; SourceError where there are none."""
    records = {name: record_of(home, name) for name in asked.batches or batches_of(home)}
    if not records:
        message = f"no batch to review; found no labels in {home.labels('').parent}; label a table first"
        raise SourceError(message)
    yield from (Measured.find(home, name, records[name]) for name in records)


def _rows(
    rows: Sequence[dict[str, Any]], found: Sequence[Measured], columns: Sequence[str]
) -> Iterator[list[str | float]]:
    batches = {each.batch: each for each in found}
    for row in rows:
        version = batches[row["batch"]].version
        cells = row | {
            "confidence": round(row["confidence"], DIGITS),
            "unusual": unusual(row, version) if version else "",
            "input": f"sha256:{batches[row['batch']].record.source_sha256}",
            **dict.fromkeys(FILLED_IN, ""),
        }
        yield ["" if cells[name] is None else cells[name] for name in columns]
