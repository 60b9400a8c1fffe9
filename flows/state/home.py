"""The home: the folder that holds the state of `data/` and `models/`."""

from __future__ import annotations

import os
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Final, Self

from data.errors import PublishError
from flows.state.table_of_home import check_named, settle, table_in
from schemas.tables import table_of_reference

if TYPE_CHECKING:
    from schemas.table import Table

HOME_PAGE: Final = "index.html"


@dataclass(frozen=True)
class Home:
    """Where everything that is written lives."""

    folder: Path
    named: Table | None = None
    """The table of a home that has none yet."""

    @classmethod
    def at(cls, folder: Path | str | None = None, table: str | None = None) -> Self:
        """The folder named, else WINE_LABELS_HOME, else the working folder; PublishError for one that cannot be.

        ``table`` names that of a home that has none yet (see `schemas.tables.table_of_reference`); TableError where the
        home has another.
        """
        named = str(folder or os.environ.get("WINE_LABELS_HOME") or ".")
        if "://" in named:
            message = f"{named}: no home; expected a folder, found an address of object storage, which has no locks"
            raise PublishError(f"{message}; name a folder and copy data/labels there afterwards")
        try:
            folder = Path(named).absolute()
        except FileNotFoundError as error:
            message = "the working folder is gone; found none; change to one that is there, or name a --home"
            raise PublishError(message) from error
        if not str(folder).isprintable():  # which covers bytes that are not UTF-8: neither JSON nor Prefect takes them
            raise PublishError(f"{folder}: no home; found a name that cannot be printed; rename the folder")
        if table is None:
            return cls(folder)
        declared = table_of_reference(table)
        check_named(folder, declared)
        return cls(folder, declared)

    @property
    def table(self) -> Table:
        """Its table: that of its table.toml, else the one named, else wine; TableError where that does not hold."""
        return table_in(self.folder, self.named)

    def settle(self) -> None:
        """Keep the table that was named for it; TableError where it holds versions of another, PublishError if not."""
        settle(self.folder, self.named, self.staging)

    def labels(self, batch: str) -> Path:
        """The labels of a batch, its ledger."""
        return self.folder / "data" / "labels" / f"{batch}.parquet"

    def rejects(self, batch: str) -> Path:
        """The rejects of a batch."""
        return self.folder / "data" / "rejects" / f"{batch}.parquet"

    def report(self, batch: str) -> Path:
        """The report of a batch."""
        return self.folder / "data" / "reports" / f"{batch}.parquet"

    def judged(self, batch: str) -> Path:
        """What the labels of a batch came to, held against its truth."""
        return self.folder / "data" / "judged" / f"{batch}.parquet"

    def truth(self, delivery: str) -> Path:
        """The truth that a delivery tells."""
        return self.folder / "data" / "truth" / f"{delivery}.parquet"

    @property
    def pages(self) -> Path:
        """Where pages for people are."""
        return self.folder / "data" / "pages"

    @property
    def home_page(self) -> Path:
        """The page over everything, which a web server shows for the folder."""
        return self.pages / HOME_PAGE

    def page(self, name: str) -> Path:
        """The page of a batch or a version, for people."""
        return self.pages / page_file(name)

    @property
    def inbox(self) -> Path:
        """Where others put what the schedule is to label."""
        return self.folder / "data" / "inbox"

    @property
    def refused(self) -> Path:
        """What is remembered of files in the inbox that were refused."""
        return self.folder / "data" / "refused"

    @property
    def seen(self) -> Path:
        """By what stamps files in the inbox were found labelled."""
        return self.folder / "data" / ".seen.json"

    def input(self, batch: str) -> Path:
        """Where the input of a batch was when it was labelled."""
        return self.folder / "data" / ".inputs" / f"{batch}.json"

    @property
    def parts(self) -> Path:
        """Where workers that share a file leave what they have made of it."""
        return self.folder / "data" / ".parts"

    def part(self, batch: str, name: str) -> Path:
        """What a worker leaves of a batch, whose own name may be as long as names can be."""
        return self.parts / f"{sha256(batch.encode()).hexdigest()[:16]}-{name}"

    @property
    def figures(self) -> Path:
        """The figures of every batch that the page over everything shows."""
        return self.folder / "data" / ".figures.jsonl"

    @property
    def runs(self) -> Path:
        """A file for each flow run that is running."""
        return self.folder / "data" / ".runs"

    @property
    def prefect(self) -> Path:
        """Where a local Prefect server keeps its database."""
        return self.folder / ".prefect"

    @property
    def fonts(self) -> Path:
        """Where Matplotlib keeps its list of fonts."""
        return self.folder / ".matplotlib"

    @property
    def staging(self) -> Path:
        """Where files are made before they are published."""
        return self.folder / "data" / ".staging"

    @property
    def models(self) -> Path:
        """The versions."""
        return self.folder / "models" / self.table.name


def page_file(name: str) -> str:
    """What the page of a batch is called; that of a batch `index` by a name that no batch can have.

    >>> page_file("october"), page_file("index")
    ('october.html', '_index.html')
    """
    file = f"{name}.html"
    return f"_{file}" if file.casefold() == HOME_PAGE else file
