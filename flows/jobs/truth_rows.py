"""Truth rows: what deliveries of truth tell, as rows to train on; each row once, those told two ways left out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Self

import numpy as np
import pandas as pd
import pyarrow as pa

from flows.jobs.training_rows import TrainingRows
from flows.state.encoding import encoding_of
from flows.state.raw_rows import to_matrix
from flows.state.tellings import REVIEWED, SAMPLED, check_deliveries, deliveries, read_delivery
from models.evidence import Learned
from nn.fingerprints import fingerprint
from schemas.checking import check_rows

if TYPE_CHECKING:
    from data.places import Place
    from flows.state.home import Home
    from schemas.table import Table

READ: Final = ("truth", "how")


@dataclass(frozen=True, eq=False)
class TruthRows:
    """Rows of truth files; ``deliveries`` are the sha256 of each file's.

    ``sampled``, (n,), are those drawn at random, ``fair``, (n,), those that were not only picked for their doubt.

    ``contradicting`` are rows of which two things are told, ``left_out`` rows without all measurements.
    """

    x: np.ndarray[Any, Any]
    classes: np.ndarray[Any, Any]
    sampled: np.ndarray[Any, Any]
    fair: np.ndarray[Any, Any]
    contradicting: int
    left_out: int
    deliveries: tuple[str, ...] = ()

    @classmethod
    def none(cls, table: Table) -> Self:
        """No rows."""
        nothing = np.empty(0, dtype=np.intp)
        return cls(np.empty((0, len(table.features))), nothing, nothing.astype(bool), nothing.astype(bool), 0, 0)

    @classmethod
    def of(cls, home: Home, table: Table) -> Self:
        """All that is told in a home of rows of this table; SourceError where a delivery is damaged."""
        check_deliveries(home)
        files = [(path, delivery) for path, delivery in deliveries(home) if delivery.table == table.name]
        if not files:
            return cls.none(table)
        told = pd.concat([_read(path, table) for path, _ in files], ignore_index=True)
        checked = check_rows(table, told[list(table.features)])
        valid, x = checked.valid, checked.matrix()
        classes = told["class_index"].to_numpy(dtype=np.intp)[valid.index]
        frame = pd.DataFrame({"print": fingerprint(x), "truth": classes}).join(
            told.loc[valid.index, ["sampled", "fair"]].reset_index(drop=True)
        )
        alike = frame.groupby("print", sort=False)
        clear = (alike["truth"].transform("nunique") == 1).to_numpy()
        first = ~frame["print"].duplicated().to_numpy()
        kept = clear & first
        sampled, fair = (alike[name].transform("any").to_numpy(dtype=bool)[kept] for name in ("sampled", "fair"))
        return cls(
            x[kept], classes[kept], sampled, fair, int((first & ~clear).sum()), len(told) - len(valid),
            tuple(sorted(delivery.delivery_sha256 for _, delivery in files)),
        )  # fmt: skip

    def beside(self, rows: TrainingRows) -> Self:
        """The same without rows that these rows have already; those of another class there contradict them."""
        known = dict(zip(fingerprint(rows.x).tolist(), rows.classes.tolist(), strict=True))
        said = np.array([known.get(each, -1) for each in fingerprint(self.x).tolist()], dtype=np.intp)
        new = said < 0
        contradicting = self.contradicting + int((~new & (said != self.classes)).sum())
        kept = (self.x[new], self.classes[new], self.sampled[new], self.fair[new])
        return type(self)(*kept, contradicting, self.left_out, self.deliveries)

    @property
    def rows(self) -> TrainingRows:
        """As rows to train on."""
        return TrainingRows(self.x, self.classes, self.contradicting + self.left_out)

    @property
    def learned(self) -> Learned:
        """How many of them are learned from, for the evidence."""
        return Learned(len(self.x), int(self.sampled.sum()), self.contradicting)


def _read(path: Place, table: Table) -> pd.DataFrame:
    told = read_delivery(path, [*READ, *table.features])
    texts = {name: told[name].cast(pa.string()).to_pandas() for name in READ}
    frame = pd.DataFrame(to_matrix(told, table.features, encoding_of(table.columns)), columns=[*table.features])
    places = {name: place for place, name in enumerate(table.class_names)}
    return frame.assign(
        class_index=texts["truth"].map(places), sampled=texts["how"] == SAMPLED, fair=texts["how"] != REVIEWED
    )
