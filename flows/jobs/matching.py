"""Matching: which labelled rows the rows of a truth file mean, by id, or by batch and row."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd
import pyarrow as pa

from data.errors import SourceError
from data.published import open_published
from flows.jobs.delivered import ANOTHER_ID, OTHER_BYTES, UNKNOWN
from flows.state.ledger import batches_of, published
from flows.state.measurements import measurements
from schemas.checking import level_codes

if TYPE_CHECKING:
    from collections.abc import Iterator

    from data.truth_files import TruthFile
    from flows.state.home import Home
    from schemas.record import Record
    from schemas.table import Table

READ: Final = ("row", "id", "label", "label_set", "confidence", "typicality", "review", "truth")
KEY: Final = "key"
CLOSE: Final = 1e-6  # of a measurement, which people and programs round
SHORTEST_SHA256: Final = 12  # characters by which a sheet says of what bytes it was written


def match(asked: pd.DataFrame, home: Home) -> tuple[pd.DataFrame, Counter[str]]:
    """The labelled rows that are meant, one for each, and how many of those asked were left out, by why.

    Asked, a row of the frame each: `at`, the place in the truth file, and `id`, `batch`, `row`, `input`, null where
    they are not said. Found: `at`, `batch`, `source_sha256`, and what the labels say. An id that stands in several rows
    means all of them (see `without_doubled`).
    """
    found = [part for batch in _batches(asked, home) if (part := _of_batch(asked, batch, home)) is not None]
    rows = pd.concat(found, ignore_index=True) if found else pd.DataFrame(columns=["at", "batch", "wrong", *READ])
    wrong = rows[rows["wrong"] != ""].drop_duplicates("at")
    rows = rows[~rows["at"].isin(wrong["at"])].drop(columns="wrong").reset_index(drop=True)
    unknown = len(asked) - rows["at"].nunique() - len(wrong)
    return rows, Counter(
        {UNKNOWN: unknown, **{str(why): count for why, count in wrong["wrong"].value_counts().items()}}
    )


def measured(rows: pd.DataFrame, told: TruthFile, home: Home) -> pd.DataFrame:
    """The rows with their measurements: as their input says, or where that is gone as the truth file does."""
    features = [*told.truth.expected.features]
    given = [name for name in features if name in told.cells.column_names]
    found = pd.DataFrame(np.nan, index=rows.index, columns=features)
    for batch, part in rows.groupby("batch"):
        record = _record(home, str(batch))
        try:
            found.loc[part.index] = measurements(home, str(batch), record, part["row"].to_numpy(dtype=np.int64))
        except SourceError:
            for name in given:
                found.loc[part.index, name] = _said(told, home.table, name, part["at"])
    return rows.join(found)


def of_another_row(rows: pd.DataFrame, told: TruthFile, table: Table) -> np.ndarray[Any, Any]:
    """Which rows, (n,), have other measurements than the truth file says of them, as far as it says any."""
    differs = np.zeros(len(rows), dtype=bool)
    for name in (each for each in table.features if each in told.cells.column_names):
        said = _said(told, table, name, rows["at"])
        known = rows[name].to_numpy(dtype=float)
        differs |= np.abs(said - known) > CLOSE * np.maximum(np.abs(said), np.abs(known))  # false where either is none
    return differs


def _said(told: TruthFile, table: Table, name: str, places: pd.Series[Any]) -> np.ndarray[Any, Any]:
    """What the truth file says of a feature in the rows at these places, (n,), as in a matrix of raw rows."""
    cells, category = told.cells[name].take(pa.array(places, pa.int64())), table.categories.get(name)
    return level_codes(category, cells.to_pandas()) if category else cells.to_numpy()


def without_doubled(rows: pd.DataFrame, table: Table) -> tuple[pd.DataFrame, int]:
    """The rows without those of an id that stands in several unlike ones, and how many rows of the truth file that is.

    Rows of the same measurements are one thing: it may be in several batches.
    """
    several = rows[rows["at"].duplicated(keep=False)].groupby("at")[[*table.features]]
    needed = [name for name in table.features if name not in table.may_be_missing] or [*table.features]
    different, known = several.nunique(dropna=False).max(axis=1), several.count()[needed].min(axis=1)
    doubled = different.index[(different > 1) | (known == 0)]
    return rows[~rows["at"].isin(doubled)], len(doubled)


def _batches(asked: pd.DataFrame, home: Home) -> list[str]:
    """The batches that may be meant: those that are said, or all where a row does not say its batch."""
    if asked["batch"].notna().all():
        return sorted(set(asked["batch"]))
    return batches_of(home)


def _of_batch(asked: pd.DataFrame, batch: str, home: Home) -> pd.DataFrame | None:
    """The rows of a batch that are meant; None where it has none. `wrong` says why one cannot be meant."""
    mine = asked[asked["batch"].isna() | (asked["batch"] == batch)]
    record = published(home, batch) if len(mine) and "/" not in batch else None
    if record is None:
        return None
    by_row = mine["row"].notna() & (mine["batch"] == batch)
    labels = _labels(home, batch)
    parts = [*_joined(mine[by_row], labels, "row"), *_joined(mine[~by_row], labels, "id")]
    if not parts:
        return None
    found = pd.concat(parts, ignore_index=True)
    other = found["input"].notna() & ~found["input"].map(lambda text: is_sha256_of(text, record.source_sha256))
    another = found["said"].notna() & found["id"].notna() & (found["said"] != found["id"].str.strip())
    wrong = np.where(other, OTHER_BYTES, np.where(another, ANOTHER_ID, ""))
    return found.drop(columns=["said", "input"]).assign(batch=batch, source_sha256=record.source_sha256, wrong=wrong)


def _joined(asked: pd.DataFrame, labels: pd.DataFrame, by: str) -> Iterator[pd.DataFrame]:
    """The labels whose row or id is asked for, beside the place in the truth file and the id that it says."""
    wanted = asked[asked[by].notna()]
    if len(wanted):
        said = pd.DataFrame({"at": wanted["at"], KEY: wanted[by], "said": wanted["id"], "input": wanted["input"]})
        keys = labels[by].str.strip() if by == "id" else labels[by]  # what is told is read without outer blanks
        found = labels.assign(**{KEY: keys})[keys.isin(said[KEY])].merge(said, on=KEY).drop(columns=KEY)
        if len(found):
            yield found


def is_sha256_of(text: Any, sha256: str) -> bool:
    """Whether a text is the beginning of a sha256, long enough, with or without the word before it."""
    plain = str(text).removeprefix("sha256:").strip()
    return len(plain) >= SHORTEST_SHA256 and sha256.startswith(plain)


def _labels(home: Home, batch: str) -> pd.DataFrame:
    with open_published(home.labels(batch)) as file:
        table = file.read(columns=[*READ])
    return pd.DataFrame(
        {
            name: (column.cast(pa.string()) if pa.types.is_dictionary(column.type) else column).to_pandas()
            for name, column in zip(table.column_names, table.columns, strict=True)
        }
    )


def _record(home: Home, batch: str) -> Record:
    record = published(home, batch)
    if record is None:
        message = f"{home.labels(batch)}: gone since it was read; found no labels there; run again"
        raise SourceError(message)
    return record
