"""Range tasks: a range of a source is counted, then labelled, each by whichever process has time for it.

Where the labels of a range begin in the row groups of the labels file is known once the rows of all ranges before it
are counted.
"""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from threadpoolctl import threadpool_limits

from data.arrow_stream import arrow_stream
from data.parquet_part import ParquetPart
from data.reading import unparsed_chunks
from data.staging import Stage
from data.threads import in_order
from flows.jobs.portion import chunk_rows, portions_here
from flows.jobs.publication import labels_file_at
from flows.jobs.range_parts import RangeParts
from flows.jobs.stopping import check
from nn.fingerprints import MOST_ROWS
from nn.sample import Sample
from schemas.results import labels_schema, rejects_schema

if TYPE_CHECKING:
    from collections.abc import Generator
    from pathlib import Path

    from data.places import Place
    from data.row_ranges import RowRange
    from flows.jobs.portion import Chunked
    from flows.jobs.shared import Shared
    from flows.jobs.tally import Tally


@dataclass(frozen=True)
class Counting:
    """A range whose rows are counted that will be labelled."""

    shared: Shared
    rows: RowRange

    def __str__(self) -> str:
        """What is done."""
        return f"count {self.rows} of {self.shared.batch}"

    def __call__(self) -> int:
        """How many there are."""
        shared, labeller, found = self.shared, self.shared.labeller(), 0
        rows = chunk_rows(shared.request, labeller.table)
        unparsed = unparsed_chunks(shared.source(), shared.layout, rows=rows, only=self.rows)
        for labelled in in_order(lambda each: len(labeller.checked(each.chunk()).valid), unparsed):
            check()
            found += labelled
        return found


@dataclass(frozen=True)
class Labelling:
    """A range that is labelled, so many rows of the source being labelled before it, and so many of its own."""

    shared: Shared
    rows: RowRange
    before: int
    labelled: int

    def __str__(self) -> str:
        """What is done."""
        return f"label {self.rows} of {self.shared.batch}"

    def __call__(self) -> list[Tally]:
        """Leave its parts in the home; what was counted of its chunks, whose samples are among the parts."""
        with (
            Stage(self.shared.request.home.staging, "part", self.shared.name_of(self.rows), waiting=check) as stage,
            threadpool_limits(1),
        ):
            tallies = self._leave(self.parts.staged(stage.file))
            stage.publish()
        return tallies

    @property
    def parts(self) -> RangeParts[Place]:
        """Where its parts are left."""
        return RangeParts.at(lambda what: self.shared.part(self.rows, what))

    @property
    def printed(self) -> bool:
        """Whether its fingerprints are looked at: of many rows those that repeat are not counted."""
        return self.before + self.labelled <= MOST_ROWS

    def _leave(self, parts: RangeParts[Path]) -> list[Tally]:
        table = self.shared.labeller().table
        schema, groups = labels_schema(table), labels_file_at(parts.labels.groups, table)
        tallies, prints, sample = [], [], Sample.empty(len(table.features))
        with (
            ParquetPart(parts.labels, schema, groups, self.before) as labels,
            arrow_stream(parts.rejects, rejects_schema()) as rejects,
            closing(self._chunks()) as chunks,
        ):
            for chunk in chunks:
                check()
                labels.write(chunk.labels)
                rejects.write_table(chunk.rejects)
                sample += chunk.tally.sample
                tallies.append(replace(chunk.tally, sample=Sample.empty(len(table.features))))
                prints += [chunk.fingerprints] if self.printed else []
            labels.close()
        parts.keep_sample(sample)
        parts.keep_prints(prints)
        return tallies

    def _chunks(self) -> Generator[Chunked]:
        shared = self.shared
        return portions_here(shared.source(), shared.request, shared.labeller(), self.rows)
