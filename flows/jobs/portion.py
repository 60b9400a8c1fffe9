"""A portion: consecutive rows of a source, labelled; all of them in order are what is published."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Protocol, TypeAlias

from data.reading import unparsed_chunks
from data.threads import in_order

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Sequence

    import numpy as np
    import pyarrow as pa

    from data.parquet_file import ParquetFile
    from data.row_ranges import RowRange
    from data.sources import Source
    from flows.jobs.labeller import Labeller
    from flows.jobs.request import Request
    from flows.jobs.tally import Tally
    from schemas.table import Table

CELLS: Final = 1 << 22  # of measurements and probabilities at once, however wide the rows are


class Portion(Protocol):
    """Some rows, wherever they were labelled."""

    @property
    def tallies(self) -> Sequence[Tally]:
        """What was counted of them, chunk by chunk: sums of floating point depend on their order."""

    @property
    def fingerprints(self) -> np.ndarray[Any, Any]:
        """Those of the rows labelled."""

    def write(self, labels: ParquetFile, rejects: ParquetFile) -> None:
        """Write them behind those before."""


Portions: TypeAlias = "Callable[[Labeller], Generator[Portion]]"
"""All portions of a source in order, as this labeller has them."""


@dataclass(frozen=True, eq=False)
class Chunked:
    """A chunk that was labelled in this process."""

    labels: pa.Table
    rejects: pa.Table
    tally: Tally
    fingerprints: np.ndarray[Any, Any]

    @property
    def tallies(self) -> Sequence[Tally]:
        """What was counted of it."""
        return [self.tally]

    def write(self, labels: ParquetFile, rejects: ParquetFile) -> None:
        """Write it behind those before."""
        labels.write(self.labels)
        rejects.write(self.rejects)


def portions_here(
    source: Source, request: Request, labeller: Labeller, only: RowRange | None = None
) -> Generator[Chunked]:
    """The chunks of a source, or of a range of it, labelled by the threads of this process."""
    unparsed = unparsed_chunks(source, labeller.layout, rows=chunk_rows(request, labeller.table), only=only)
    yield from in_order(lambda each: Chunked(*labeller(each.chunk())), unparsed)


def chunk_rows(request: Request, table: Table) -> int:
    """How many rows of a table are labelled at once."""
    return min(request.chunk_rows, max(1, CELLS // (len(table.features) + len(table.classes))))
