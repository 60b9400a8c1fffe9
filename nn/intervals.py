"""Intervals: how sure a share can be, from how many it was counted."""

from __future__ import annotations

from math import sqrt
from statistics import NormalDist


def wilson(right: int, count: int, level: float = 0.95) -> tuple[float, float]:
    """Wilson's interval for a share of ``right`` among ``count`` (Wilson, 1927); (0, 1) where none was counted."""
    if not count:
        return 0.0, 1.0
    z = NormalDist().inv_cdf((1 + level) / 2)
    share = right / count
    middle = (share + z * z / (2 * count)) / (1 + z * z / count)
    half = z * sqrt(share * (1 - share) / count + z * z / (4 * count * count)) / (1 + z * z / count)
    return max(0.0, middle - half), min(1.0, middle + half)
