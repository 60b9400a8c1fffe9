"""The page over everything: what needs a person now, how it went over time, the versions, the batches."""

from __future__ import annotations

from importlib.metadata import version as installed
from typing import TYPE_CHECKING, Final

from flows.pages.batch_list import batch_list
from flows.pages.bins import date_of
from flows.pages.link import Links
from flows.pages.needs import Needs
from flows.pages.page import Page, Section
from flows.pages.trends import Trends
from flows.pages.version_list import MOST, Versions
from flows.state.overview import overview

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from data.places import Place
    from flows.state.figures import Figures
    from flows.state.home import Home

READING: Final = (
    "Upright lines: the version of that number became champion. "
    "Values: point at a chart, or go there with the tab key and along it with the arrows."
)
NUMBERS: Final = ("cross-validated",)


NOTHING: Final = "Nothing: no batch is suspect, no promise broken, no row waits for review, no file is refused."


def draw_home(home: Home) -> Place:
    """Draw the page over everything."""
    found = overview(home)
    read = {batch: figures for batch, figures in found.items() if figures}
    batches = dict(sorted(read.items(), key=lambda each: each[1].labelled_at, reverse=True))
    links = Links(home, home.home_page)
    versions = Versions.read(home, links)
    faults = [versions.fault] if versions.fault else []
    needs = Needs(home, links, batches, [batch for batch in found if batch not in batches], faults)
    page = Page(
        title="All batches",
        lead=[_lead(batches)],
        facts=needs.counts,
        sections=[*_sections(needs, batches, versions, links, home.table.name)],
        foot=f"wine-labels {installed('wine-labels')}; drawn after every night, and by wine-labels open",
        template="home.html",
    )
    return page.write(home, home.home_page)


def _lead(batches: Mapping[str, Figures]) -> str:
    if not batches:
        return "No batch is labelled yet: put a table into data/inbox, or run wine-labels label FILE."
    moments = [batch.labelled_at for batch in batches.values()]
    labelled = sum(batch.labelled for batch in batches.values())
    days = f"from {date_of(min(moments))} to {date_of(max(moments))}"
    return f"Batches: {len(batches):,}; rows labelled: {labelled:,}, {days} (UTC)."


def _sections(
    needs: Needs, batches: Mapping[str, Figures], versions: Versions, links: Links, table: str
) -> Iterator[Section]:
    needed = needs.draw()
    yield Section("What needs a person now", needed, note="" if needed else NOTHING)
    if batches:
        trends = Trends([*batches.values()], versions.reigns)
        charts = "".join(each.draw(f"{table}{at}") for at, each in enumerate(trends))
        yield Section(f"Over time: {table}", f'<div class="times">\n{charts}</div>\n', note=READING)
    if versions.rows or versions.fault:
        note = f"The newest {MOST}, and the champion." if len(versions.rows) >= MOST else ""
        yield Section(f"Versions: {table}", rows=versions.rows, numbers=NUMBERS, note=note)
    if batches:
        yield Section("Batches", batch_list(batches, links))
