"""What needs a person in a batch, and the command that helps."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from flows.pages.command import command
from flows.pages.page import Section, rendered
from flows.state.printable import printable
from flows.state.warnings import warnings

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flows.state.report import Report
    from schemas.record import Record


class Need(NamedTuple):
    """One thing that needs a person: its kind, what it is, and a command of this program."""

    kind: str
    what: str
    command: str = ""


def needs_section(batch: str, record: Record, report: Report, judged: Report | None, waiting: int) -> Section:
    """All that needs a person now, ``waiting`` being how many rows are up for review whose truth is not known."""
    found = [
        need._replace(what=printable(need.what), command=printable(need.command))
        for need in _needs(batch, record, report, judged, waiting)
    ]
    note = "" if found else "Nothing: no row waits for review, nothing is suspect and no promise is broken."
    return Section("What needs a person", rendered("needs.html", needs=found) if found else "", note=note)


def _needs(batch: str, record: Record, report: Report, judged: Report | None, waiting: int) -> Iterator[Need]:
    if record.suspect:
        yield Need("suspect", record.suspect)
    for line in judged.lines if judged else ():
        if line["metric"] == "broken_promise":
            yield Need("broken promise", line["other"], command("truth report", batch))
    yield from (Need("warning", text) for text in warnings(report))
    if waiting:
        rows = "1 row is" if waiting == 1 else f"{waiting:,} rows are"
        yield Need("review", f"{rows} up for review, the truth not known", command("review", batch, "-o sheet.csv"))
