"""Lots: a pseudo-random number for each row, the same whenever they are drawn, so that anybody can draw them again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence


class Lots:
    """A stream of pseudo-random numbers that hashes decide; however it is cut into parts, the numbers are the same.

    They are the raw numbers of NumPy's PCG64, of which it promises that no release changes them.
    """

    def __init__(self, hashes: Sequence[str]) -> None:
        """The stream that these hexadecimal hashes decide."""
        seed = np.random.SeedSequence([int(each, 16) for each in hashes])
        self._bits = np.random.PCG64(seed)

    def draw(self, count: int) -> np.ndarray[Any, np.dtype[np.uint64]]:
        """The next so many numbers, uniform over 64 bits, (count,)."""
        return np.asarray(self._bits.random_raw(count), dtype=np.uint64)
