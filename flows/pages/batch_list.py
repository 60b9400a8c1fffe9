"""The list of batches, worst first: a line for each, as many as a page has room for."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Final

from flows.pages.bins import date_of
from flows.state.printable import printable

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from flows.pages.link import Links
    from flows.state.figures import Figures

ROOM: Final = 1_250_000  # bytes, which 10,000 batches of ordinary names do not fill
HEAD: Final = ("batch", "look at", "labelled", "rows", "rejected", "to review", "accuracy", "drift", "by version")
WORST: Final = (
    "Worst first: those that are suspect or broke a promise, then by the share of rows rejected or up for review, "
    "of equals the newest."
)


def batch_list(batches: Mapping[str, Figures], links: Links) -> str:
    """The list as a table, under a line that says in what order."""
    lines = _fitting(_line(batch, batches[batch], links) for batch in worst_first(batches))
    head = "".join(f"<th>{name}</th>" for name in HEAD)
    rest = len(batches) - len(lines)
    more = f'<p class="quiet">{rest:,} more batches are not listed: see data/reports.</p>\n' if rest else ""
    table = f'<div class="wide" tabindex="0"><table class="batches"><tr>{head}</tr>\n{"".join(lines)}</table></div>\n'
    return f'<p class="quiet">{WORST}</p>\n{table}{more}'


def worst_first(batches: Mapping[str, Figures]) -> list[str]:
    """The names of the batches in the order of WORST."""
    return sorted(batches, key=lambda batch: _need(batches[batch]), reverse=True)


def _need(batch: Figures) -> tuple[int, float, int]:
    looked_at = (batch.rejected + batch.review) / max(1, batch.rows)
    return bool(batch.suspect) + bool(batch.broken), looked_at, batch.labelled_at


def _fitting(lines: Iterable[str]) -> list[str]:
    kept: list[str] = []
    room = ROOM
    for line in lines:
        room -= len(line) if line.isascii() else len(line.encode())
        if room < 0:
            break
        kept.append(line)
    return kept


def _line(name: str, batch: Figures, links: Links) -> str:
    judged = batch.unpicked
    cells = (
        links.batch(name).__html__(),
        ", ".join(_flags(batch)),
        date_of(batch.labelled_at),
        f"{batch.rows:,}",
        f"{batch.rejected / max(1, batch.rows):.1%}",
        f"{batch.review / max(1, batch.labelled):.1%}",
        f"{judged.right / judged.rows:.1%}" if judged.rows else "",
        f"{batch.drift:.2f} {escape(printable(batch.drifted))}",
        links.version(batch.table, batch.version).__html__(),
    )
    return "<tr><td>" + "<td>".join(cells) + "\n"  # without the tags that HTML lets one leave out: there may be many


def _flags(batch: Figures) -> list[str]:
    flags = {"suspect": bool(batch.suspect), "broken promise": bool(batch.broken), "review": bool(batch.waiting)}
    return [flag for flag, raised in flags.items() if raised]
