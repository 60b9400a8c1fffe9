"""Measured rows: a batch's labels beside the measurements they were made from, streamed."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final, TypeVar

import pyarrow as pa
import pyarrow.compute as pc

from data.errors import SourceError
from data.published import open_published
from data.reading import read_chunks
from data.sniffing import sniff
from data.stated import split_stated
from flows.state.inputs import find_input
from flows.state.raw_rows import as_measured, unmeasured
from flows.state.training_table import training_table
from flows.state.version_table import table_of
from models.errors import ModelError
from models.store import ModelStore
from schemas.checking import raw_rows

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import pandas as pd

    from data.places import Place
    from data.sources import Source
    from flows.state.home import Home
    from models.store import Version
    from schemas.record import Record
    from schemas.table import Table

Found = TypeVar("Found")

SAID: Final = ("row", "id", "label", "confidence", "label_set", "typicality", "review", "truth")
DISTANCE: Final = " distance"  # which no feature can be called, as it begins with a blank
ROWS: Final = 131_072  # of labels at once


@dataclass(frozen=True, eq=False)
class Measured:
    """A batch, its input where that is found, and the version that labelled it where it is still there."""

    batch: str
    record: Record
    table: Table
    labels: Place
    source: Source | None
    version: Version | None
    missing: tuple[str, ...]
    """What is not there and why, in sentences."""

    @classmethod
    def find(cls, home: Home, batch: str, record: Record) -> Measured:
        """The batch of this record and what it was made from."""
        missing: list[str] = []
        source = _there(lambda: find_input(home, batch, record), missing)
        version = _there(lambda: _version(home, record), missing)
        return cls(batch, record, home.table, home.labels(batch), source, version, tuple(missing))

    def without_input(self, error: SourceError) -> Measured:
        """The same as if its input were not there, which it is not for this reason."""
        return replace(self, source=None, missing=(*self.missing, _what(error)))

    def parts(self) -> Iterator[pa.Table]:
        """The rows labelled, in their order and so many at once: batch, what the labels say, distance, measurements.

        The distance is that to the training rows, by which `typicality` is counted, of rows up for review. It and the
        measurements are null where the input or the version is not there. SourceError where the input cannot be read.
        """
        table = self.table
        for said, frame in self._beside(table) if self.source else ((each, None) for each in self._said()):
            none = pa.nulls(said.num_rows, pa.float64())
            columns = {"batch": pa.repeat(self.batch, said.num_rows), **dict(zip(SAID, said.columns, strict=True))}
            columns[DISTANCE] = none if frame is None else self._distances(raw_rows(table, frame), said["review"])
            measured = as_measured(table, frame) if frame is not None else unmeasured(table, said.num_rows)
            yield pa.table(columns | measured)

    def _said(self) -> Iterator[pa.Table]:
        with open_published(self.labels) as file:
            for part in file.iter_batches(ROWS, columns=[*SAID]):
                yield pa.table({name: _plain(part[name]) for name in SAID})

    def _beside(self, table: Table) -> Iterator[tuple[pa.Table, pd.DataFrame]]:
        """The labels that each chunk of the input has got, and the rows of it that have them."""
        assert self.source
        layout = sniff(self.source, table, split_stated(self.record.columns))
        said = self._said()
        waiting = next(said, None)
        for chunk in read_chunks(self.source, layout):
            last = int(chunk.frame.index[-1]) if len(chunk.frame) else -1
            while waiting and waiting["row"][-1].as_py() <= last and (more := next(said, None)):
                waiting = pa.concat_tables([waiting, more])
            if waiting:
                here = pc.less_equal(waiting["row"], last)
                mine, waiting = waiting.filter(here), waiting.filter(pc.invert(here))
                yield mine, chunk.frame.loc[mine["row"].to_numpy(), [*table.features]]

    def _distances(self, values: Any, review: pa.ChunkedArray) -> pa.Array:
        """The distances of the rows that are up for review: those of all would take as long as labelling them."""
        classifier = self.version.classifier if self.version else None
        if classifier is None or classifier.conformal is None:
            return pa.nulls(len(values), pa.float64())
        found = classifier.conformal.space.distances(classifier.inputs(values[review.to_numpy()]))[0]
        return pc.replace_with_mask(pa.nulls(len(values), pa.float64()), review.combine_chunks(), pa.array(found))


def _version(home: Home, record: Record) -> Version:
    version = ModelStore(home.models).load(record.model_version)
    table_of(version, home)  # or its measurements are not those of this table
    training_table(version)  # without which nobody can say what is unusual
    return version


def _there(find: Callable[[], Found], missing: list[str]) -> Found | None:
    """What is found; None where it is not, and then why is added to what is missing."""
    try:
        return find()
    except (SourceError, ModelError, OSError) as error:
        missing.append(_what(error))
        return None


def _what(error: Exception) -> str:
    """What is wrong and what was found, without what to do: `name it by --source` is said of another command."""
    return str(error).rpartition("; ")[0] or str(error)


def _plain(column: pa.Array) -> pa.Array:
    return column.dictionary_decode() if pa.types.is_dictionary(column.type) else column
