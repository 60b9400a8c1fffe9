"""A request: all that is asked of a labelling run, or of a training, settled once and handed on as one thing."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final, Self

from data.errors import MovingError, SourceError
from data.sources import Source
from data.stated import join_stated
from flows.jobs.batch import MAX_REJECTS, Batch
from flows.jobs.refusals import TrainingError, may_pass
from flows.state.refused_files import RefusedFiles
from models.errors import ModelError
from models.store import ModelStore

if TYPE_CHECKING:
    from pathlib import Path

    from flows.state.home import Home
    from models.store import Version

AT_ONCE: Final = 98_304  # rows: a third more of them take a tenth more memory and no less time


@dataclass(frozen=True)
class Request:
    """What is to be labelled how: the version is pinned by number and sha256, whoever works on it and wherever."""

    home: Home
    version: int
    sha256: str
    replace: bool = False
    """Label again what is labelled already by other means."""
    columns: tuple[str, ...] | None = None
    """What a person says of the input's columns (see `data.sniffing.sniff`)."""
    max_rejects: float = MAX_REJECTS
    """The share of rejected rows above which a source is refused whole."""
    accept_suspect: bool = False
    """Label what looks damaged, whatever speaks for it; recorded as such."""
    remember: bool = False
    """Remember what is refused, so that it is reported once."""
    chunk_rows: int = AT_ONCE

    @classmethod
    def pinned(cls, home: Home, version: int | None = None, **more: Any) -> Self:
        """A request for a version, the champion unless it is named; ModelError where there is none."""
        number, sha256 = ModelStore(home.models).pin(version)
        return cls(home, number, sha256, **more)

    @property
    def terms(self) -> dict[str, Any]:
        """What a remembered refusal depends on."""
        table = self.home.table
        declared = table.name if table.packaged else f"{table.name} {table.sha256}"
        return {"table": declared, "max_rejects": self.max_rejects}

    @property
    def stated(self) -> str:
        """What a person says of the columns, as the results record it."""
        return join_stated(self.columns) if self.columns else ""

    def model(self) -> Version:
        """The version, loaded and verified once in a process; ModelError where it is not the one that was pinned."""
        return _loaded(self.home.models, self.version, self.sha256)

    def refused(self, source: str | Source, error: BaseException, other: str | None = None) -> Batch:
        """The refusal of a source, remembered where that is asked; ``other`` is a file that makes the same batch."""
        batch = Batch.refused(str(source), error)
        lasting = isinstance(error, SourceError) and not isinstance(error, MovingError) and not may_pass(error)
        if self.remember and lasting and isinstance(source, Source):
            RefusedFiles(self.home, self.terms).keep(source, batch.error or "", other)
        return batch


@dataclass(frozen=True)
class Training:
    """What is to be trained: on the shipped table where no source is named."""

    home: Home
    sources: tuple[str, ...] = ()
    recipe: str = "default"
    seed: int = 0
    promote: bool = False
    """Make it champion whatever the gate says; recorded as such."""
    again: bool = False
    """Train even where a version was made from the same bytes in the same way."""
    trust_labels: bool = False
    """Train on labels that contradict the champion; recorded as such."""
    accept_suspect: bool = False
    """Train on rows whose columns do not go together, by what the champion knows; recorded as such."""
    truth: bool = False
    """Learn from all truth that was told as well."""

    def tables(self) -> tuple[str, ...]:
        """The names of what to train on; TrainingError where none is named and the table has no rows of its own."""
        table = self.home.table
        if self.sources:
            return self.sources
        if table.shipped is None:
            message = f"no rows to take where no file is named; found none that {table.name} declares as `shipped`"
            raise TrainingError(f"{message}; train on a file of yours, `wine-labels train FILE`")
        return (str(table.shipped),)


@lru_cache(maxsize=4)
def _loaded(folder: Path, number: int, sha256: str) -> Version:
    version = ModelStore(folder).load(number)
    if version.sha256 != sha256:
        found = f"expected sha256 {sha256[:12]}, found {version.sha256[:12]} in {folder}"
        message = f"version {number}: not the one of this run; {found}; have all workers share one home"
        raise ModelError(message)
    return version
