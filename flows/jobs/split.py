"""A split source: one large Parquet file whose ranges many processes label, to be joined by this one."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import IO, TYPE_CHECKING, Any, Final, Protocol, TypeAlias, cast

import numpy as np

from data.arrow_stream import tables_of
from data.footers import read_footer
from data.parquet_part import join
from data.places import place_of
from data.row_ranges import row_ranges
from flows.jobs.portion import chunk_rows
from flows.jobs.range_tasks import Counting, Labelling
from flows.jobs.shared import Shared

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Sequence

    from data.parquet_file import ParquetFile
    from data.row_ranges import RowRange
    from data.sources import Source
    from flows.jobs.labeller import Labeller
    from flows.jobs.portion import Portion
    from flows.jobs.request import Request
    from flows.jobs.tally import Tally

FEWEST_ROWS: Final = 4_000_000  # of a file; to share a smaller one takes as long as to label it
RANGE_ROWS: Final = 1 << 20  # so many that the row groups in which two ranges meet hardly count


class Awaited(Protocol):
    """What a worker was asked to do."""

    def result(self) -> Any:
        """What came of it, once it is done; raises what it has raised."""

    def cancel(self) -> object:
        """Do without it."""


Workers: TypeAlias = "Callable[[Counting | Labelling], Awaited]"
"""Has one of many processes do a task, at once or when it has time."""


@dataclass(frozen=True, eq=False)
class Ranged:
    """A range that another process has labelled."""

    task: Labelling
    counted: Sequence[Tally]

    @property
    def tallies(self) -> Sequence[Tally]:
        """What was counted of its chunks; the sample of all of them is the first one's."""
        sample = self.task.parts.kept_sample()
        return [*(replace(first, sample=sample) for first in self.counted[:1]), *self.counted[1:]]

    @property
    def fingerprints(self) -> np.ndarray[Any, Any]:
        """Those of its rows; where nobody looks at them, as many others."""
        labelled = sum(tally.labelled for tally in self.counted)
        assert labelled == self.task.labelled, "other rows were labelled than were counted: a bug"
        return self.task.parts.kept_prints() if self.task.printed else np.zeros(labelled, dtype=np.uint64)

    def write(self, labels: ParquetFile, rejects: ParquetFile) -> None:
        """Write it behind those before."""
        join(labels, self.task.parts.labels)
        for table in tables_of(self.task.parts.rejects):
            rejects.write(table)


@dataclass(frozen=True, eq=False)
class Split:
    """The ranges of a source, and the workers that label them."""

    source: Source
    request: Request
    workers: Workers

    def __call__(self, labeller: Labeller) -> Generator[Portion]:
        """Its ranges in order, each once it is labelled; whatever happens, no part of them stays."""
        shared = Shared.of(self.source, labeller.layout, self.request)
        ranges = ranges_of(self.source, chunk_rows(self.request, labeller.table))
        asked: list[Awaited] = []
        tasks: list[Labelling] = []
        try:
            asked += [self.workers(Counting(shared, rows)) for rows in ranges]
            for rows, counting in zip(ranges, asked[:], strict=True):
                before = tasks[-1].before + tasks[-1].labelled if tasks else 0
                tasks.append(Labelling(shared, rows, before, counting.result()))
                asked.append(self.workers(tasks[-1]))
            for task, labelling in zip(tasks, asked[len(ranges) :], strict=True):
                yield Ranged(task, labelling.result())
                task.parts.remove()
        finally:
            for each in asked:
                each.cancel()
            for task in tasks:
                task.parts.remove()


def ranges_of(source: Source, chunk: int) -> list[RowRange]:
    """The ranges of a Parquet file that is read in chunks of so many rows."""
    with source.open("rb") as file:
        return row_ranges(read_footer(cast("IO[bytes]", file)).groups, chunk, RANGE_ROWS)


def pieces(name: str, request: Request) -> int:
    """Into how many ranges a source is worth splitting: one, but for a Parquet file of many rows in row groups."""
    try:
        with place_of(name).open("rb") as file:
            footer = read_footer(cast("IO[bytes]", file))
    except (OSError, ValueError):  # whoever labels it says why
        return 1
    if footer.rows < FEWEST_ROWS:
        return 1
    return len(row_ranges(footer.groups, chunk_rows(request, request.home.table), RANGE_ROWS))
