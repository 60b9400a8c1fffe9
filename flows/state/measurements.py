"""Measurements: what the input of a batch says of its rows, which labels do not repeat."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from data.reading import read_chunks
from data.sniffing import sniff
from data.stated import split_stated
from flows.state.inputs import find_input
from schemas.checking import raw_rows

if TYPE_CHECKING:
    from pathlib import Path
    from typing import Any

    from flows.state.home import Home
    from schemas.record import Record


def measurements(
    home: Home, batch: str, record: Record, rows: np.ndarray[Any, Any], named: Path | None = None
) -> np.ndarray[Any, Any]:
    """The features of these rows (n,) of a batch's input, (n, d), as `Checked.matrix` has them; NaN of unknown rows.

    SourceError where the input is not there any more, or is not what was labelled.
    """
    table = home.table
    source = find_input(home, batch, record, named)
    layout = sniff(source, table, split_stated(record.columns))
    found = np.full((len(rows), len(table.features)), np.nan)
    order = np.argsort(rows, kind="stable")
    ascending = rows[order]
    for chunk in read_chunks(source, layout):
        numbers = chunk.frame.index.to_numpy()
        if not len(numbers):
            continue
        first, last = np.searchsorted(ascending, (numbers[0], numbers[-1] + 1))
        places = np.searchsorted(numbers, ascending[first:last])
        known = numbers[np.minimum(places, len(numbers) - 1)] == ascending[first:last]
        found[order[first:last][known]] = raw_rows(table, chunk.frame.iloc[places[known]])
    return found
