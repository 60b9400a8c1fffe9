"""Told rows: the labelled rows that a truth file tells of, each once, with what it says of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from data.text_parsing import parse_numbers
from data.truth import MISSING
from flows.jobs.delivered import CONTRADICTING, DOUBLED, NO_CLASS, OTHER_MEASUREMENTS
from flows.jobs.matching import match, measured, of_another_row, without_doubled

if TYPE_CHECKING:
    from collections import Counter

    from data.truth_files import TruthFile
    from flows.state.home import Home
    from schemas.table import Table

MOST_ROWS: Final = float(1 << 53)
UNDECIDED: Final = MISSING | {"?", "-"}


def told_rows(told: TruthFile, home: Home, table: Table, batch: str | None) -> tuple[pd.DataFrame, Counter[str]]:
    """The labelled rows told of, with `class_index` and measurements, and how many of the file were left out, by why.

    ``batch`` is the one that is meant where the file does not say it.
    """
    classes, blank = _classes(told)
    places = np.flatnonzero(classes >= 0)
    rows, left_out = match(_asked(told, places, batch), home)
    left_out[NO_CLASS] = int((~blank & (classes < 0)).sum()) + told.malformed
    rows = measured(rows, told, home)
    another = of_another_row(rows, told, table)
    left_out[OTHER_MEASUREMENTS] = int(rows.loc[another, "at"].nunique())
    rows, left_out[DOUBLED] = without_doubled(rows[~another], table)
    rows = rows.assign(class_index=classes[rows["at"].to_numpy(dtype=np.intp)])
    said = rows.groupby(["batch", "row"])["class_index"].transform("nunique")
    left_out[CONTRADICTING] = int(rows.loc[said > 1, "at"].nunique())
    rows = rows[said == 1].drop_duplicates(["batch", "row"], keep="last").sort_values(["batch", "row"])
    return rows.reset_index(drop=True), +left_out


def _classes(told: TruthFile) -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]:
    """The class index of each row, -1 where it has none, and whether its cell says nothing."""
    coded = told.text("truth").combine_chunks().dictionary_encode()
    texts = coded.dictionary.to_pylist()
    indices = np.array([told.truth.index(text) for text in texts] + [-1])
    nothing = np.array([text.casefold() in UNDECIDED for text in texts] + [True])
    places = pc.fill_null(coded.indices, len(texts)).to_numpy()
    return indices[places], nothing[places]


def _asked(told: TruthFile, places: np.ndarray[Any, Any], batch: str | None) -> pd.DataFrame:
    at = pa.array(places, pa.int64())
    numbers = parse_numbers(told.text("row").take(at), ".")
    whole = pc.equal(pc.floor(numbers), numbers)
    frame = pd.DataFrame({name: told.text(name).take(at).to_pandas() for name in ("id", "batch", "input")})
    frame["batch"] = frame["batch"].fillna(batch) if batch else frame["batch"]
    numbered = pc.and_(whole, pc.and_(pc.greater_equal(numbers, 0), pc.less(numbers, MOST_ROWS)))
    rows = pc.if_else(numbered, numbers, None).to_pandas().astype("Int64")
    return frame.assign(at=places, row=rows)
