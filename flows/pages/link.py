"""Links: from one page to another beside it, on a disk and at a web server alike."""

from __future__ import annotations

import os
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING
from urllib.parse import quote

from flows.state.printable import printable

if TYPE_CHECKING:
    from pathlib import Path

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

    def __init__(self, home: Home, on: Path) -> None:
        self._pages = home.page("").parent
        self._up = "" if on.parent == self._pages else "../"

    def home(self) -> Link:
        """To the page over everything, which is drawn whenever there is any other."""
        return Link("All batches", f"{self._up}index.html")

    def version(self, table: str, number: int) -> Link:
        """To the page of a version."""
        file = f"versions/{table}-{number:04}.html"
        there = (self._pages / file).exists()
        return Link(f"{number}", f"{self._up}{quote(os.fsencode(file))}" if there else "")
