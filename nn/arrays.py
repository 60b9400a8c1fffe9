"""Arrays: the types of what the network is made of."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    import numpy as np

Rows: TypeAlias = "np.ndarray[tuple[int, ...], np.dtype[np.intp]]"


Array: TypeAlias = "np.ndarray[tuple[int, ...], np.dtype[np.float64]]"


Random: TypeAlias = "np.random.Generator | np.random.RandomState"
