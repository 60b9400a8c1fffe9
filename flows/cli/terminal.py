"""The terminal: the words every command takes, its exit statuses, how it shows and how it complains."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

from cyclopts import Parameter

from flows.state.printable import printable

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from flows.jobs.batch import Batch
    from flows.state.home import Home
    from models.store import ModelStore

DONE: Final = 0
REFUSED: Final = 2  # the request cannot be carried out
DIFFERS: Final = 2  # a batch labelled again comes out otherwise
BROKEN_CONTRACT: Final = 2  # a folder of labels does not keep it
DAMAGED_STORE: Final = 2  # versions are not as they were saved
SOME_REFUSED: Final = 3
NOT_PROMOTED: Final = 4
UNPRINTED: Final = 5  # done, and stdout did not take what came of it
SIGNALLED: Final = 128
LONGEST_SHOWN: Final = 5_000  # characters of a line that is no error: paths have 4,096


@Parameter(name="*")
@dataclass(frozen=True)
class Common:
    """What every command takes."""

    home: str | None = None
    """The folder or address that holds data/ and models/; else WINE_LABELS_HOME, else the working folder."""
    table: str | None = None
    """The table of a home that has none yet: a file in TOML, or module:OBJECT; else its table.toml, else wine."""
    json: Annotated[bool, Parameter(negative="")] = False
    """Print one JSON object and nothing else."""
    quiet: Annotated[bool, Parameter(negative="")] = False
    """Print nothing but errors."""

    @property
    def place(self) -> Home:
        """The home these words name."""
        from flows.state.home import Home  # once it is known that the rooms are ours (`flows.cli.installation`)

        return Home.at(self.home, self.table)

    @property
    def silent(self) -> bool:
        """Whether nothing but the document or errors is to be printed."""
        return self.json or self.quiet

    @property
    def store(self) -> ModelStore:
        """The versions there."""
        from models.store import ModelStore

        return ModelStore(self.place.models)

    @property
    def store_to_write(self) -> ModelStore:
        """The same, where it can be kept as a home is; ObjectError where it cannot."""
        self.place.prepare()
        return self.store

    def show(self, document: Any, lines: Iterable[Any]) -> None:
        """Print the document with --json, the lines for a person without, nothing with --quiet."""
        if self.json:
            print_document(document)
        elif not self.quiet:
            from rich.console import Console

            console = Console(highlight=False, markup=False, soft_wrap=True)
            for line in lines:
                console.print(printable(line, LONGEST_SHOWN) if isinstance(line, str) else line)


PLAIN: Final = Common()


def path_to_write(name: str) -> Path:
    """Where a command writes what a person has named; PublishError for an address: that is written to a disk alone."""
    from data.addresses import is_address
    from data.errors import PublishError

    if is_address(name):
        message = f"{name}: nothing is written there; found an address; name a file on a disk and copy it"
        raise PublishError(message)
    return Path(name)


def print_document(document: Any) -> None:
    """Print one JSON object on a line; objects of ours in it become what their fields are."""
    print(json.dumps(document, default=asdict))


def complain(text: str) -> None:
    """Say in one line on stderr what is wrong."""
    print(printable(f"error: {' '.join(text.split())}"), file=sys.stderr)


def complain_of(batches: Sequence[Batch]) -> int:
    """Say why batches were refused, a line each, and give the exit status of them all."""
    refused = [batch for batch in batches if batch.status == "refused"]
    for batch in refused:
        complain(batch.error or "")
    return status_of(len(refused), len(batches))


def status_of(refused: int, asked: int) -> int:
    """The exit status where so many of what was asked for were refused."""
    if not refused:
        return DONE
    return REFUSED if refused == asked else SOME_REFUSED
