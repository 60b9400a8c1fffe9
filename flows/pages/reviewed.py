"""The rows of a batch that a person should look at first, as far as a screen holds them."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, Any, Final

from flows.pages.page import Section
from flows.state.printable import printable
from flows.state.unusual import figure, unusual
from schemas.label_set import split_names

if TYPE_CHECKING:
    from collections.abc import Sequence

    from flows.pages.batch_rows import BatchRows
    from flows.state.measured import Measured

MOST: Final = 12  # rows: a screen
LONGEST: Final = 24  # characters of an id


@dataclass(frozen=True)
class Unfolding:
    """A text, and more that is shown when it is asked for; a template takes it as markup, in which both stay text."""

    text: str
    more: str

    def __html__(self) -> str:
        """Both as markup."""
        if not self.more:
            return escape(self.text)
        return f"{escape(self.text)}<details><summary>all measurements</summary>{escape(self.more)}</details>"


def review_section(batch: Measured, rows: BatchRows) -> Section:
    """The rows most in need of a person, in the order of the sheet."""
    first = rows.need.ranked()[:MOST]
    ids = any(row["id"] for row in first)
    shown = [_shown(row, batch, ids=ids) for row in first]
    note = _note(len(first), rows.need.up_for_review, batch)
    return Section("To review", rows=shown, numbers=("row",), note=note, kind="rows")


def _shown(row: dict[str, Any], batch: Measured, *, ids: bool) -> dict[str, Any]:
    said = printable(row["id"] or "", LONGEST)
    return {
        "row": f"{row['row']:,}",
        **({"id": said} if ids else {}),
        "label": f"{row['label']} {row['confidence']:.1%}",
        "why": _why(row),
        "unusual": Unfolding(unusual(row, batch.version) if batch.version else "", _measurements(row, batch)),
    }


def _why(row: dict[str, Any]) -> str:
    if len(names := split_names(row["label_set"])) > 1:
        return f"may be {' or '.join(names)}"
    return f"unlike the training rows ({row['typicality']:.1%} of such are as unusual)"


def _measurements(row: dict[str, Any], batch: Measured) -> str:
    features: Sequence[str] = batch.version.classifier.features if batch.version else ()
    return " · ".join(f"{name} {figure(row[name])}" for name in features if row[name] is not None)


def _note(shown: int, waiting: int, batch: Measured) -> str:
    if not waiting:
        return "None whose truth is not known."
    missing = f" Without measurements: {printable('; '.join(batch.missing))}." if batch.missing else ""
    first = f"The {shown} most telling of {waiting:,}, " if waiting > shown else "Most telling first, "
    return f"{first}the doubtful and the unusual in turn; the command above writes them all as a sheet.{missing}"
