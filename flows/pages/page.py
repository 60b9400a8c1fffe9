"""A page: one HTML file for people, drawn from published files alone."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Final

from jinja2 import Environment, PackageLoader

from data.places import relative
from data.staging import Stage
from flows.state.printable import printable

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from data.places import Place
    from flows.pages.link import Link
    from flows.state.home import Home

LONGEST_LINE: Final = 2_000  # characters of the lead


@dataclass(frozen=True)
class Section:
    """A part of a page: a chart, or rows of a table, or both, and what they mean."""

    title: str
    chart: str = ""
    rows: Sequence[dict[str, Any]] = field(default_factory=list)
    numbers: tuple[str, ...] = ()
    """The columns whose cells are numbers."""
    note: str = ""
    kind: str = ""
    """What a template of its own may draw in its own way."""

    @property
    def columns(self) -> list[str]:
        """The names of the table's columns."""
        return list(self.rows[0]) if self.rows else []


@dataclass(frozen=True)
class Page:
    """What stands on a page, from top to bottom."""

    title: str
    lead: Sequence[str]
    facts: Mapping[str, str]
    sections: Sequence[Section]
    foot: str
    links: Sequence[Link] = ()
    template: str = "page.html"
    first: Section | None = None
    """What stands above all figures."""

    def publish(self, home: Home, name: str) -> Place:
        """Write the page under this name, and return where it is."""
        return self.write(home, home.page(name))

    def write(self, home: Home, target: Place) -> Place:
        """Write the page there, and return where it is."""
        bounded = replace(self, title=printable(self.title), lead=[printable(line, LONGEST_LINE) for line in self.lead])
        with Stage(home.staging, "page", str(relative(target, home.pages))) as stage:
            text = rendered(self.template, **vars(bounded))
            stage.file(target).write_text(text, encoding="utf-8")
            stage.publish()
        return target


def rendered(name: str, /, **values: Any) -> str:
    """One of the templates beside this file, filled in; texts in it stay text."""
    environment = Environment(loader=PackageLoader("flows.pages", "."), autoescape=True, trim_blocks=True)
    return environment.get_template(name).render(values)


def confusion_section(counts: Mapping[tuple[str, str], int], note: str) -> Iterator[Section]:
    """Rows by truth and label; nothing where there are none."""
    names = list(dict.fromkeys(truth for truth, _ in counts))
    rows = [{"truth \\ label": true} | {label: f"{counts[true, label]:,}" for label in names} for true in names]
    if rows:
        yield Section("Truth against label (rows)", rows=rows, numbers=tuple(names), note=note)


def share(value: float | None) -> str:
    """A share in percent; `none` where there was nothing to judge."""
    return "none" if value is None else f"{value:.2%}"
