"""Fingerprints: a number for each row, the same for the same measurements wherever they stand."""

from __future__ import annotations

from typing import Any, Final

import numpy as np

MOST_ROWS: Final = 1_000_000
ODD: Final = 0x9E3779B97F4A7C15  # the golden ratio in 64 bits, as splitmix64 uses it


def fingerprint(x: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """A 64-bit fingerprint of each row of x (n, d), (n,); two different rows share one with a chance of about 2**-64.

    The bits of each value are mixed as in splitmix64 (Steele, Lea and Flood, 2014) after those before it; a missing
    value is one value, whatever the bits of its NaN.
    """
    mixed = np.zeros(len(x), dtype=np.uint64)
    for column in x.T:
        values = np.ascontiguousarray(column + 0.0)  # minus zero is zero
        if np.isnan(values.min(initial=0.0)):  # which is quicker asked than where
            values[np.isnan(values)] = np.nan
        mixed ^= values.view(np.uint64)
        mixed *= np.uint64(ODD)
        mixed ^= mixed >> np.uint64(29)
    return mixed


class Repeats:
    """How many rows have occurred before, for the first million rows of a file; beyond, nobody counts."""

    def __init__(self) -> None:
        self._seen: list[np.ndarray[Any, Any]] = []
        self._rows = 0

    def add(self, fingerprints: np.ndarray[Any, Any]) -> None:
        """Take more rows in."""
        self._rows += len(fingerprints)
        if self._rows <= MOST_ROWS:
            self._seen.append(fingerprints)

    def count(self) -> int | None:
        """Rows that repeat an earlier one; None where there are too many rows to count."""
        if self._rows > MOST_ROWS:
            return None
        if not self._seen:
            return 0
        ordered = np.sort(np.concatenate(self._seen))  # `np.unique` hashes, which takes many times as long
        return int(np.count_nonzero(ordered[1:] == ordered[:-1]))
