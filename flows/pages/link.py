"""Links: from one page to another beside it, on a disk and at a web server alike."""

from __future__ import annotations

import os
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING
from urllib.parse import quote

from flows.state.home import HOME_PAGE, page_file
from flows.state.pages import VERSIONS, names_in, version_file
from flows.state.printable import printable

if TYPE_CHECKING:
    from data.places import Place
    from flows.state.home import Home


@dataclass(frozen=True)
class Link:
    """A text that leads to an address, or to none; a template takes it as markup, in which the text stays text."""

    text: str
    address: str = ""

    def __html__(self) -> str:
        """The link as markup."""
        text = escape(printable(self.text))
        return f'<a href="{escape(self.address)}">{text}</a>' if self.address else text


class Links:
    """The links on one page to those of batches and versions; what has no page yet is named, not linked."""

    def __init__(self, home: Home, on: Place) -> None:
        self._up = "" if on.parent == home.pages else "../"
        self._batches, self._versions = names_in(home.pages), names_in(home.pages / VERSIONS)

    def home(self) -> Link:
        """To the page over everything, which is drawn whenever there is any other."""
        return Link("All batches", self._up + HOME_PAGE)

    def batch(self, name: str) -> Link:
        """To the page of a batch."""
        file = page_file(name)
        return Link(name, f"{self._up}{_quoted(file)}" if file in self._batches else "")

    def version(self, table: str, number: int) -> Link:
        """To the page of a version."""
        file = version_file(table, number)
        return Link(f"{number}", f"{self._up}{VERSIONS}/{_quoted(file)}" if file in self._versions else "")


def _quoted(file: str) -> str:
    return quote(os.fsencode(file), safe="")
