"""The least: of all rows that pass by, the first so many in an order, in memory that does not grow with them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.compute as pc

if TYPE_CHECKING:
    from collections.abc import Sequence


class Least:
    """The rows that are least by some columns, of equals the one of the first batch and row."""

    def __init__(self, by: Sequence[str], most: int) -> None:
        """The least ``most`` rows by these columns, a null counting as more than any number."""
        self._order = [(name, "ascending") for name in (*by, "batch", "row")]
        self._most = most
        self._rows: pa.Table | None = None

    def add(self, rows: pa.Table) -> None:
        """Take more rows in."""
        if rows.num_rows and self._most:
            both = rows if self._rows is None else pa.concat_tables([self._rows, rows])
            least = pc.select_k_unstable(both, k=self._most, sort_keys=self._order)  # no two rows are equal
            self._rows = both.take(least)

    @property
    def rows(self) -> Sequence[dict[str, Any]]:
        """These rows, the least first."""
        return [] if self._rows is None else self._rows.to_pylist()
