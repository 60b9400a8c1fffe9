"""Copies: how far a column says by itself what another one says."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc

from data.text_columns import read_texts

if TYPE_CHECKING:
    from collections.abc import Sequence

    from data.layouts import Layout
    from data.sources import Readable


def told_by(source: Readable, layout: Layout, target: int, places: Sequence[int]) -> dict[int, float]:
    """The share of rows in which the target is the commonest of its texts beside this column's, by column.

    Args:
        source: The file, which is read once more.
        layout: How it is read.
        target: The place of the column that others may be copies of.
        places: Those of columns of few different texts.

    """
    pairs: dict[int, Counter[tuple[str, str]]] = {place: Counter() for place in places}
    for read in read_texts(source, layout) if places else ():
        texts = {place: pc.utf8_trim_whitespace(read.columns[place]) for place in (target, *places)}
        for place in places:
            counted = pa.table([texts[place], texts[target]], ["one", "other"]).group_by(["one", "other"])
            found = counted.aggregate([([], "count_all")])
            keys = zip(found["one"].to_pylist(), found["other"].to_pylist(), strict=True)
            pairs[place].update(dict(zip(keys, found["count_all"].to_pylist(), strict=True)))
    return {place: _share(counts) for place, counts in pairs.items()}


def _share(pairs: Counter[tuple[str, str]]) -> float:
    """The share of rows in the commonest pair of each first text."""
    commonest: Counter[str] = Counter()
    for (one, _), count in pairs.items():
        commonest[one] = max(commonest[one], count)
    return commonest.total() / max(1, pairs.total())
