"""Needs: what in a home needs a person now, and the command that helps."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, Final, NamedTuple

from flows.pages.command import command
from flows.pages.link import Link
from flows.state.printable import printable
from flows.state.refused_files import remembered

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from flows.pages.link import Links
    from flows.state.figures import Figures
    from flows.state.home import Home

MOST: Final = 5  # of each kind


class Kind(NamedTuple):
    """One kind of need: the batches that have it, why each has, and the command for it with its options."""

    name: str
    batches: Sequence[str]
    why: Callable[[str], str]
    verb: str = ""
    options: str = ""


@dataclass(frozen=True)
class Needs:
    """All that needs a person: of each kind the first MOST are listed, the newest or those in most need."""

    home: Home
    links: Links
    batches: Mapping[str, Figures]
    """By their names, the newest first."""
    unreadable: Sequence[str]
    """The batches whose figures cannot be read."""
    faults: Sequence[str]
    """What else is damaged, in sentences."""

    @property
    def counts(self) -> dict[str, str]:
        """How much there is to look at."""
        counts = {
            "suspect batches": sum(bool(batch.suspect) for batch in self.batches.values()),
            "batches with a broken promise": sum(bool(batch.broken) for batch in self.batches.values()),
            "rows waiting for review": sum(batch.waiting for batch in self.batches.values()),
            "refused files": remembered(self.home, 0)[0],
        }
        return {name: f"{count:,}" for name, count in counts.items()}

    def draw(self) -> str:
        """A list as markup; empty where nobody is needed."""
        lines = "".join(self._lines())
        return f'<ul class="needs">\n{lines}</ul>\n' if lines else ""

    def _lines(self) -> Iterator[str]:
        yield from (_line("damaged", Link(""), fault) for fault in self.faults)
        for kind in self._kinds():
            for batch in kind.batches[:MOST]:
                words = command(kind.verb, batch, kind.options) if kind.verb else ""
                yield _line(kind.name, self.links.batch(batch), kind.why(batch), words)
            yield from _rest(kind.name, len(kind.batches), "see the list of batches")
        count, refused = remembered(self.home, MOST)
        yield from (_line("refused", Link(name), reason) for name, reason in refused)
        yield from _rest("refused", count, "see data/refused")

    def _kinds(self) -> Iterator[Kind]:
        of = self.batches
        waiting = sorted((batch for batch in of if of[batch].waiting), key=lambda batch: -of[batch].waiting)
        yield Kind("unreadable", self.unreadable, lambda _: "its report cannot be read: label it again with --replace")
        suspect = [batch for batch in of if of[batch].suspect]
        yield Kind("suspect", suspect, lambda batch: of[batch].suspect, "open")
        broken = [batch for batch in of if of[batch].broken]
        yield Kind("broken promise", broken, lambda batch: "; ".join(of[batch].broken), "truth report")
        rows = "{:,} rows up for review whose truth nobody has told"
        yield Kind("review", waiting, lambda batch: rows.format(of[batch].waiting), "review", "-o sheet.csv")


def _line(kind: str, which: Link, why: str, words: str = "") -> str:
    code = f" <code>wine-labels {escape(printable(words))}</code>" if words else ""
    name = f"{which.__html__()}: " if which.text else ""
    return f"<li><b>{kind}</b> {name}{escape(printable(why))}{code}</li>\n"


def _rest(kind: str, count: int, where: str) -> Iterator[str]:
    if count > MOST:
        yield _line(kind, Link(""), f"{count - MOST:,} more: {where}")
