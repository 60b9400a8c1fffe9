"""Intervals: how sure a share can be, from how many it was counted."""

from __future__ import annotations

from math import exp, log, log1p, sqrt
from statistics import NormalDist

import numpy as np


def wilson(right: int, count: int, level: float = 0.95) -> tuple[float, float]:
    """Wilson's interval for a share of ``right`` among ``count`` (Wilson, 1927); (0, 1) where none was counted."""
    if not count:
        return 0.0, 1.0
    z = NormalDist().inv_cdf((1 + level) / 2)
    share = right / count
    middle = (share + z * z / (2 * count)) / (1 + z * z / count)
    half = z * sqrt(share * (1 - share) / count + z * z / (4 * count * count)) / (1 + z * z / count)
    low, high = max(0.0, middle - half), min(1.0, middle + half)
    return low if right else 0.0, high if right < count else 1.0  # which rounding would miss by a little


def chance_of_at_most(right: int, count: int, share: float) -> float:
    """The chance that of so many no more are right, were each right with this share: the binomial's lower tail."""
    if right >= count or share <= 0:
        return 1.0
    if right < 0 or share >= 1:
        return 0.0
    taken = np.arange(right)
    odds = log(share) - log1p(-share)
    logs = count * log1p(-share) + np.concatenate([[0.0], np.cumsum(np.log((count - taken) / (taken + 1)) + odds)])
    most = float(logs.max())
    return min(1.0, exp(most) * float(np.exp(logs - most).sum())) if most > -700 else 0.0  # noqa: PLR2004  exp's range
