"""Range parts: what a worker leaves of a range in the home, as paths that every machine knows."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Generic, Self, TypeVar

import numpy as np
import pyarrow as pa

from data.arrow_stream import table_of, write_tables
from data.parquet_part import Places
from nn.sample import Sample

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from data.places import Place

Where = TypeVar("Where", bound="Place")

PRINTS = pa.schema([("fingerprint", pa.uint64())])


@dataclass(frozen=True)
class RangeParts(Generic[Where]):
    """The files of one range: its labels, its rejects, its sample and its fingerprints."""

    labels: Places[Where]
    rejects: Where
    sample: Where
    prints: Where

    @classmethod
    def at(cls, place: Callable[[str], Where]) -> Self:
        """Those of which this says where each is, by its ending."""
        labels = Places(place("before.arrow"), place("groups.parquet"), place("after.arrow"))
        return cls(labels, place("rejects.arrow"), place("sample.arrow"), place("prints.arrow"))

    def __iter__(self) -> Iterator[Where]:
        """All of them."""
        yield from (*self.labels, self.rejects, self.sample, self.prints)

    def remove(self) -> None:
        """Remove those that there are."""
        for path in self:
            with suppress(OSError):  # what cannot be removed now is removed with what killed runs leave
                path.unlink()

    def staged(self, file: Callable[[Where], Path]) -> RangeParts[Path]:
        """Where they are made before they are moved into place."""
        made = {path: file(path) for path in self}
        return RangeParts(
            Places(*(made[path] for path in self.labels)), made[self.rejects], made[self.sample], made[self.prints]
        )

    def keep_sample(self: RangeParts[Path], sample: Sample) -> None:
        """Keep a sample, and every bit of it."""
        x = pa.FixedSizeListArray.from_arrays(pa.array(sample.x.ravel()), sample.x.shape[1])
        table = pa.table({"row": pa.array(sample.numbers), "x": x})
        write_tables(self.sample, table.schema, [table])

    def kept_sample(self) -> Sample:
        """The sample that was kept."""
        table = table_of(self.sample)
        x = table["x"].combine_chunks()
        return Sample(table["row"].to_numpy(), x.flatten().to_numpy().reshape(len(table), x.type.list_size))

    def keep_prints(self: RangeParts[Path], prints: Sequence[np.ndarray[Any, Any]]) -> None:
        """Keep the fingerprints of its chunks."""
        write_tables(self.prints, PRINTS, (pa.table([each], schema=PRINTS) for each in prints))

    def kept_prints(self) -> np.ndarray[Any, Any]:
        """The fingerprints that were kept."""
        return np.asarray(table_of(self.prints)["fingerprint"].to_numpy())
