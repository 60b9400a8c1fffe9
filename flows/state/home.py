"""The home: the folder, on a disk or on object storage, that holds the state of `data/` and `models/`."""

from __future__ import annotations

import os
import tempfile
from dataclasses import dataclass
from functools import cached_property, lru_cache
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Final, Self

from data.addresses import check_query, is_address
from data.conditions import check_conditions
from data.errors import AddressError, PublishError
from data.object_path import ObjectPath
from data.uploads import sweep_uploads
from flows.state.table_of_home import check_named, settle, table_in
from schemas.tables import table_of_reference

if TYPE_CHECKING:
    from data.places import Place
    from schemas.table import Table

HOME_PAGE: Final = "index.html"


@dataclass(frozen=True)
class Home:
    """Where everything that is written lives."""

    folder: Place
    named: Table | None = None
    """The table of a home that has none yet."""

    @classmethod
    def at(cls, folder: Place | str | None = None, table: str | None = None) -> Self:
        """The folder or address named, else WINE_LABELS_HOME, else the working folder; PublishError where it cannot be.

        ``table`` names that of a home that has none yet (see `schemas.tables.table_of_reference`); TableError where the
        home has another.
        """
        named = str(folder or os.environ.get("WINE_LABELS_HOME") or ".")
        place = _on_storage(named) if is_address(named) else _on_disk(named)
        if table is None:
            return cls(place)
        declared = table_of_reference(table)
        check_named(place, declared)
        return cls(place, declared)

    @property
    def table(self) -> Table:
        """Its table: that of its table.toml, else the one named, else wine; TableError where that does not hold."""
        return table_in(self.folder, self.named) if isinstance(self.folder, Path) else self._table

    @cached_property
    def _table(self) -> Table:
        """The same, asked of object storage once: it takes a while, and is asked for again and again."""
        return table_in(self.folder, self.named)

    @property
    def disk(self) -> Path:
        """The home itself where it is on a disk; else a temporary folder of this user's for what must be on one.

        Nothing there is missed when it is gone. PublishError where it is another user's.
        """
        if isinstance(self.folder, Path):
            return self.folder
        own = Path(tempfile.gettempdir()) / f"wine-labels-{os.getuid()}"
        own.mkdir(mode=0o700, exist_ok=True)
        if own.is_symlink() or own.stat().st_uid != os.getuid():
            raise PublishError(f"{own}: not for what is made on the way; found another user's; remove it or set TMPDIR")
        return own / sha256(str(self.folder).encode()).hexdigest()[:16]

    def settle(self) -> None:
        """Keep the table that was named for it; TableError where it holds versions of another, PublishError if not."""
        self.prepare()
        settle(self.folder, self.named, self.staging)

    def prepare(self) -> None:
        """See that object storage can keep a home, and give up what killed runs left half sent.

        ObjectError where it cannot; on a disk nothing is to be done.
        """
        if isinstance(self.folder, ObjectPath):
            _prepared(self.folder)

    def labels(self, batch: str) -> Place:
        """The labels of a batch, its ledger."""
        return self.folder / "data" / "labels" / f"{batch}.parquet"

    def rejects(self, batch: str) -> Place:
        """The rejects of a batch."""
        return self.folder / "data" / "rejects" / f"{batch}.parquet"

    def report(self, batch: str) -> Place:
        """The report of a batch."""
        return self.folder / "data" / "reports" / f"{batch}.parquet"

    def judged(self, batch: str) -> Place:
        """What the labels of a batch came to, held against its truth."""
        return self.folder / "data" / "judged" / f"{batch}.parquet"

    def truth(self, delivery: str) -> Place:
        """The truth that a delivery tells."""
        return self.folder / "data" / "truth" / f"{delivery}.parquet"

    @property
    def pages(self) -> Place:
        """Where pages for people are."""
        return self.folder / "data" / "pages"

    @property
    def home_page(self) -> Place:
        """The page over everything, which a web server shows for the folder."""
        return self.pages / HOME_PAGE

    def page(self, name: str) -> Place:
        """The page of a batch or a version, for people."""
        return self.pages / page_file(name)

    @property
    def inbox(self) -> Place:
        """Where others put what the schedule is to label."""
        return self.folder / "data" / "inbox"

    @property
    def refused(self) -> Place:
        """What is remembered of files in the inbox that were refused."""
        return self.folder / "data" / "refused"

    @property
    def seen(self) -> Place:
        """By what stamps files in the inbox were found labelled."""
        return self.folder / "data" / ".seen.json"

    def input(self, batch: str) -> Place:
        """Where the input of a batch was when it was labelled."""
        return self.folder / "data" / ".inputs" / f"{batch}.json"

    @property
    def parts(self) -> Place:
        """Where workers that share a file leave what they have made of it."""
        return self.folder / "data" / ".parts"

    def part(self, batch: str, name: str) -> Place:
        """What a worker leaves of a batch, whose own name may be as long as names can be."""
        return self.parts / f"{sha256(batch.encode()).hexdigest()[:16]}-{name}"

    @property
    def figures(self) -> Place:
        """The figures of every batch that the page over everything shows."""
        return self.folder / "data" / ".figures.jsonl"

    @property
    def runs(self) -> Place:
        """A file for each flow run that is running, and for what only one may do at a time."""
        return self.folder / "data" / ".runs"

    @property
    def prefect(self) -> Path:
        """Where a local Prefect server keeps its database."""
        return self.disk / ".prefect"

    @property
    def fonts(self) -> Path:
        """Where Matplotlib keeps its list of fonts."""
        return self.disk / ".matplotlib"

    @property
    def staging(self) -> Path:
        """Where files are made before they are published."""
        return self.disk / "data" / ".staging"

    @property
    def models(self) -> Place:
        """The versions."""
        return self.folder / "models" / self.table.name


@lru_cache(maxsize=16)
def _prepared(folder: ObjectPath) -> None:
    """Once in a process: to ask takes a while, and commands and flows both do."""
    check_conditions(folder)
    sweep_uploads(folder)


def _on_disk(named: str) -> Path:
    try:
        folder = Path(named).absolute()
    except FileNotFoundError as error:
        message = "the working folder is gone; found none; change to one that is there, or name a --home"
        raise PublishError(message) from error
    if not str(folder).isprintable():  # which covers bytes that are not UTF-8: neither JSON nor Prefect takes them
        raise PublishError(f"{folder}: no home; found a name that cannot be printed; rename the folder")
    return folder


def _on_storage(named: str) -> ObjectPath:
    try:
        check_query(named)
        return ObjectPath.at(named)
    except AddressError as error:
        raise PublishError(f"no home at {error}") from error


def page_file(name: str) -> str:
    """What the page of a batch is called; that of a batch `index` by a name that no batch can have.

    >>> page_file("october"), page_file("index")
    ('october.html', '_index.html')
    """
    file = f"{name}.html"
    return f"_{file}" if file.casefold() == HOME_PAGE else file
