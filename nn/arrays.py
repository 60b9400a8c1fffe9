"""Arrays: the types of what the network is made of."""

from __future__ import annotations

from typing import Any, TypeAlias

import numpy as np

Rows: TypeAlias = "np.ndarray[tuple[int, ...], np.dtype[np.intp]]"
Array: TypeAlias = "np.ndarray[tuple[int, ...], np.dtype[np.float64]]"
Shares: TypeAlias = "np.ndarray[tuple[int, ...], np.dtype[np.float32]]"
"""Probabilities as they are published."""
Precision: TypeAlias = "type[np.floating[Any]]"
Numbers: TypeAlias = "np.ndarray[tuple[int, ...], np.dtype[np.floating[Any]]]"
"""Floating-point numbers of any precision."""
Random: TypeAlias = "np.random.Generator | np.random.RandomState"


def largest(x: Numbers) -> Array:
    """The largest magnitude in each column of x (n, d), (d,); 0 where there are no rows."""
    magnitudes: Array = np.maximum(x.max(axis=0, initial=0), -x.min(axis=0, initial=0)).astype(float)
    return magnitudes
