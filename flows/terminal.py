"""The terminal: the words every command takes, its exit statuses, how it shows and how it complains."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, Final

from cyclopts import Parameter

if TYPE_CHECKING:
    from collections.abc import Iterable

    from flows.home import Home
    from models.store import ModelStore

DONE: Final = 0
REFUSED: Final = 2
SOME_REFUSED: Final = 3
NOT_PROMOTED: Final = 4
SIGNALLED: Final = 128


@Parameter(name="*")
@dataclass(frozen=True)
class Common:
    """What every command takes."""

    home: str | None = None
    """The folder that holds data/ and models/; else WINE_LABELS_HOME, else the working folder."""
    json: Annotated[bool, Parameter(negative="")] = False
    """Print one JSON object and nothing else."""
    quiet: Annotated[bool, Parameter(negative="")] = False
    """Print nothing but errors."""

    @property
    def place(self) -> Home:
        """The home these words name."""
        from flows.home import Home

        return Home.at(self.home)

    def store(self, table: str) -> ModelStore:
        """The versions of a table's models there."""
        from models.store import ModelStore

        return ModelStore(self.place.models(table))

    def show(self, document: Any, lines: Iterable[Any]) -> None:
        """Print the document with --json, the lines for a person without, nothing with --quiet."""
        if self.json:
            import json

            print(json.dumps(document, ensure_ascii=False))
        elif not self.quiet:
            from rich.console import Console

            console = Console(highlight=False, markup=False, soft_wrap=True)
            for line in lines:
                console.print(line)


def _known_table(_kind: object, name: str) -> None:
    from schemas._table import check_name

    check_name(name)


Table = Annotated[str, Parameter(help="The table the rows belong to.", validator=_known_table)]
PLAIN: Final = Common()


def complain(text: str) -> None:
    """Say in one line on stderr what is wrong."""
    print(f"error: {' '.join(text.split())}", file=sys.stderr)
