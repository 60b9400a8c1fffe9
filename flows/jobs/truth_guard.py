"""The truth guard: truth that contradicts the labels as no honest truth would, and what else is odd of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from flows.jobs.counts import counted
from flows.state.encoding import encoding_of
from flows.state.ledger import published
from flows.state.raw_rows import known
from flows.state.report import Report
from flows.state.tellings import Tellings
from flows.state.warnings import many_to_review
from nn.agreement import other_reading
from nn.conformal import LEVEL
from nn.intervals import chance_of_at_most

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pandas as pd

    from flows.state.home import Home
    from schemas.table import Table

SURE: Final = 0.05  # of typicality: of rows that are more typical, with one label, the version is sure
MOST_WRONG: Final = 0.1  # of the rows of which it is sure
CHANCE: Final = 1e-6
UNLIKELY: Final = 1e-3


def contradiction(rows: pd.DataFrame, home: Home, table: Table) -> str:
    """How truth contradicts the labels as no honest truth would; empty where it does not.

    Either another reading of it explains them (1, 2, 0 for 1, 2, 3), or it says otherwise in more than a tenth of the
    rows of which the version was sure: typical ones with a single label, which are right in 98 of 100. Batches that are
    unlike the training rows, as many rows to review show, are left out of this: there a version may be sure and wrong.
    """
    names = table.class_names
    labels = rows["label"].map(places(table)).to_numpy(dtype=np.intp)
    truth = rows["class_index"].to_numpy(dtype=np.intp)
    counts = np.bincount(truth * len(names) + labels, minlength=len(names) ** 2).reshape(len(names), -1)
    called = other_reading(counts)
    if called is not None:
        return "that " + ", ".join(
            f"{names[to]} here is {name}" for name, to in zip(names, called, strict=True) if to >= 0
        )
    alike = {batch for batch in set(rows["batch"]) if _is_like_training(home, batch)}
    sure = ((rows["typicality"] > SURE) & ~rows["review"].astype(bool) & rows["batch"].isin(alike)).to_numpy()
    wrong, count = int((labels != truth)[sure].sum()), int(sure.sum())
    if wrong > MOST_WRONG * count and chance_of_at_most(count - wrong, count, LEVEL) < CHANCE:
        return f"{wrong:,} of {counted(count, 'row')} of which the version was sure to be something else"
    return ""


def _is_like_training(home: Home, batch: str) -> bool:
    report = Report.read(home.report(batch))
    return not many_to_review(report)


def otherwise(rows: pd.DataFrame, home: Home, table: Table) -> Iterator[str]:
    """Where rows were told otherwise before, and where their own input says otherwise."""
    tellings, before = Tellings.readable(home), 0
    for batch, part in rows.groupby("batch"):
        record = published(home, str(batch))
        if record and (told := tellings.told(str(batch), record)):
            both = told.rows.select(["row", "truth"]).to_pandas().merge(part, on="row", suffixes=("_before", ""))
            before += int((both["truth_before"].map(places(table)) != both["class_index"]).sum())
    if before:
        yield f"{counted(before, 'row')} told otherwise before; what is newest counts"
    own = rows["truth"].notna() & (rows["truth"].map(places(table)) != rows["class_index"])
    if own.any():
        yield f"{counted(int(own.sum()), 'row')} of which the input itself says otherwise; what was told later counts"


def places(table: Table) -> dict[str, int]:
    """The class index of each class by its name."""
    return {name: place for place, name in enumerate(table.class_names)}


def unlike_expected(rows: pd.DataFrame, table: Table) -> Iterator[str]:
    """Where fewer labels are right than the version expected, beyond chance."""
    right = int((rows["label"].map(places(table)) == rows["class_index"]).sum())
    expected = float(rows["confidence"].mean())
    if chance_of_at_most(right, len(rows), expected) < UNLIKELY:
        yield f"{right / len(rows):.0%} of {counted(len(rows), 'label')} right, where the model expected {expected:.0%}"


def unmeasured(rows: pd.DataFrame, table: Table) -> Iterator[str]:
    """Where the measurements of rows are not known, as their input is gone."""
    without = int((~known(rows[[*table.features]].to_numpy(dtype=float), encoding_of(table.columns))).sum())
    if without:
        yield f"{counted(without, 'row')} whose input is gone: judged, but not to be learned from without measurements"
