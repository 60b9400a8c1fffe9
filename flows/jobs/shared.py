"""A shared source: one that several processes open, each of which takes its sha256 itself."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Self
from uuid import uuid4

from data.addresses import is_object
from data.errors import MovingError
from data.files import batch_name
from data.places import place_of
from data.sources import Source
from flows.jobs.labeller import Labeller
from flows.jobs.stopping import check
from flows.state.training_table import load_reference
from flows.state.version_table import table_of

if TYPE_CHECKING:
    from data.layouts import Layout
    from data.places import Place
    from data.row_ranges import RowRange
    from flows.jobs.request import Request


@dataclass(frozen=True)
class Shared:
    """A source as it was opened by one process, for others to open it again."""

    name: str
    path: Place
    sha256: str
    layout: Layout
    request: Request
    run: str
    """What tells the parts of this run from those of any other."""

    @classmethod
    def of(cls, source: Source, layout: Layout, request: Request) -> Self:
        """A source that is open, to be labelled in this layout; an object is read by others where it is."""
        place = place_of(source.name) if is_object(source.name) else source.path
        return cls(source.name, place, source.sha256, layout, request, uuid4().hex)

    def source(self) -> Source:
        """The same bytes; MovingError where others stand there by now."""
        return _opened(self.name, self.path, self.sha256)

    def labeller(self) -> Labeller:
        """What labels its rows."""
        version = self.request.model()
        table = table_of(version, self.request.home)
        return Labeller(table, version, self.source().file, self.layout, load_reference(version))

    @property
    def batch(self) -> str:
        """The batch it makes."""
        return batch_name(self.name)

    def name_of(self, rows: RowRange) -> str:
        """What a range is called among all that there are."""
        return f"{self.run}-{rows.start}"

    def part(self, rows: RowRange, what: str) -> Place:
        """Where a part of a range is left."""
        return self.request.home.part(self.batch, f"{self.name_of(rows)}-{what}")


@lru_cache(maxsize=2)
def _opened(name: str, path: Place, sha256: str) -> Source:
    """Hashed once in a process, however many ranges of it are read there."""
    source = Source.at(name, path, check)
    if source.sha256 != sha256:
        message = f"{name}: changed while it was read; found other bytes than were hashed; run again"
        raise MovingError(message)
    return source
