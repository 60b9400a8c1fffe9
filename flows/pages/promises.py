"""Promises: how what a version promised of its labels held, over all batches whose truth has been told since."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from flows.pages.bins import date_of
from flows.pages.judged import HOW
from flows.pages.points import percent
from flows.state.figures import pooled
from nn.intervals import wilson

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flows.pages.link import Links
    from flows.state.figures import Figures, Judged

MOST: Final = 12  # batches, a screen of them
WORST: Final = (
    "Worst first: those that broke a promise, then by how far the accuracy lies below what was expected. "
    "Rows picked for review or trained on are not counted here."
)
NUMBERS: Final = ("rows", "accuracy", "expected", "in their label set", "in label set")


@dataclass(frozen=True)
class Promises:
    """The judged batches of one version, by their names."""

    batches: Mapping[str, Figures]

    @classmethod
    def of(cls, batches: Mapping[str, Figures | None], table: str, version: int) -> Promises:
        """Those of all batches that this version labelled and whose truth is known in part."""
        found = {batch: each for batch, each in batches.items() if each and each.judged}
        return cls({batch: each for batch, each in found.items() if (each.table, each.version) == (table, version)})

    def by_how(self) -> list[dict[str, str]]:
        """A row for each way in which truth became known, those picked for review apart from all others."""
        found = [each.judged for each in self.batches.values()]
        judged = {how: pooled([each[how] for each in found if how in each]) for how in HOW}
        return [{"rows with truth": HOW[how]} | _row(each) for how, each in judged.items() if each.rows]

    def worst(self, links: Links) -> list[dict[str, Any]]:
        """A row for each of the batches that held least."""
        unpicked = {batch: each for batch, each in self.batches.items() if each.unpicked.rows}
        ordered = sorted(unpicked, key=lambda batch: _shortfall(unpicked[batch]), reverse=True)
        return [{"batch": links.batch(batch)} | _batch(unpicked[batch]) for batch in ordered[:MOST]]

    @property
    def promised(self) -> str:
        """Of how many rows the label set is to hold the truth, in a sentence; empty where that was not judged."""
        shares = [each.promised for each in self.batches.values() if each.promised is not None]
        return f"The label set is to hold the truth of at least {percent(shares[-1])}. " if shares else ""


def _row(judged: Judged) -> dict[str, str]:
    return {
        "rows": f"{judged.rows:,}",
        "accuracy": _share(judged.right, judged.rows),
        "expected": percent(judged.expected / judged.rows),
        "in their label set": _share(judged.in_sets, judged.with_sets),
    }


def _batch(batch: Figures) -> dict[str, str]:
    row = _row(batch.unpicked)
    within = row.pop("in their label set").partition(" ")[0]  # a table of a few columns has room for one interval
    promises = "broken" if batch.broken else "held"
    return {"labelled": date_of(batch.labelled_at), **row, "in label set": within, "promises": promises}


def _shortfall(batch: Figures) -> tuple[int, float]:
    judged = batch.unpicked
    return len(batch.broken), (judged.expected - judged.right) / judged.rows


def _share(part: int, whole: int) -> str:
    """A share and its 95 % interval; empty where there is nothing it is a share of."""
    if not whole:
        return ""
    low, high = wilson(part, whole)
    return f"{percent(part / whole)} ({percent(low)[:-1]} to {percent(high)})"
