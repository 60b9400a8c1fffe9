"""Arrays: the types of what the network is made of."""

from __future__ import annotations

from typing import Any, TypeAlias

import numpy as np

Rows: TypeAlias = "np.ndarray[tuple[int, ...], np.dtype[np.intp]]"
Array: TypeAlias = "np.ndarray[tuple[int, ...], np.dtype[np.float64]]"
Flags: TypeAlias = "np.ndarray[tuple[int, ...], np.dtype[np.bool_]]"
Shares: TypeAlias = "np.ndarray[tuple[int, ...], np.dtype[np.float32]]"
"""Probabilities as they are published."""
Precision: TypeAlias = "type[np.floating[Any]]"
Numbers: TypeAlias = "np.ndarray[tuple[int, ...], np.dtype[np.floating[Any]]]"
"""Floating-point numbers of any precision."""
Random: TypeAlias = "np.random.Generator | np.random.RandomState"


def farthest(x: Numbers, center: Numbers) -> Array:
    """How far the numbers in each column of x (n, d) are from a center (d,) at most, (d,); 0 of no rows."""
    if not len(x):
        return np.zeros(len(center))
    far: Array = np.maximum(x.max(axis=0) - center, center - x.min(axis=0)).astype(float)
    return far


def near(array: Array) -> Array:
    """The nearest float32, as float64."""
    return array.astype(np.float32).astype(float)
