"""Need: which rows a person should look at first."""

from __future__ import annotations

from itertools import chain, zip_longest
from typing import TYPE_CHECKING, Any, Final

import pyarrow.compute as pc

from flows.state.least import Least
from flows.state.measured import DISTANCE

if TYPE_CHECKING:
    import pyarrow as pa

NEARNESS: Final = " nearness"


class Need:
    """Rows by need, most telling first.

    Rows put up for review come first: the one whose label is least sure and the one least like the training rows in
    turn, so that no kind hides the other; then the others, the least sure first. Rows whose truth is known are none.
    """

    def __init__(self, most: int, *, others: bool = True) -> None:
        """The need of the first ``most`` rows; ``others`` are those that are not up for review."""
        self._doubtful = Least(["confidence"], most)
        self._unlike = Least(["typicality", NEARNESS, "confidence"], most)
        self._others = Least(["confidence"], most if others else 0)
        self.up_for_review = 0

    def add(self, rows: pa.Table, told: pa.Array) -> None:
        """Take rows of `Measured.parts` in, but for those numbers of rows whose truth is told."""
        known = pc.or_(pc.is_in(rows["row"], value_set=told), pc.is_valid(rows["truth"]))
        unknown = rows.filter(pc.invert(known))
        unknown = unknown.append_column(NEARNESS, pc.negate(unknown[DISTANCE]))
        review = unknown.filter(unknown["review"])
        self.up_for_review += review.num_rows
        for least in (self._doubtful, self._unlike):
            least.add(review)
        self._others.add(unknown.filter(pc.invert(unknown["review"])))

    def ranked(self) -> list[dict[str, Any]]:
        """The rows, most telling first, each once."""
        in_turn = chain.from_iterable(zip_longest(self._doubtful.rows, self._unlike.rows))
        first: dict[tuple[str, int], dict[str, Any]] = {}
        for row in chain(filter(None, in_turn), self._others.rows):
            first.setdefault((row["batch"], row["row"]), row)
        return [*first.values()]
