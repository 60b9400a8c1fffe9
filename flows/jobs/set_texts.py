"""Label sets as a column of text that repeats."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pyarrow as pa

from schemas.label_set import join_names

if TYPE_CHECKING:
    from collections.abc import Sequence

    from nn.label_sets import Sets

MOST_LISTED: Final = 6  # classes, of which all sets can be listed


def sets_as_text(sets: Sets, classes: Sequence[str]) -> pa.DictionaryArray:
    """The sets of rows, (n, k), as the names of their classes; of few classes all sets there can be are listed.

    They stand in the order of the sets as binary numbers, the first class counting 1; of many classes only sets that
    occur are listed.
    """
    if is_listed(classes):
        every = np.arange(1 << len(classes))[:, None] >> np.arange(len(classes)) & 1
        return pa.DictionaryArray.from_arrays(_numbers(sets), _texts(every, classes))
    packed = np.ascontiguousarray(np.packbits(sets, axis=1))
    keys = packed.view(np.dtype((np.void, packed.shape[1]))).ravel()
    _, first, place = np.unique(keys, return_index=True, return_inverse=True)
    return pa.DictionaryArray.from_arrays(pa.array(place, pa.int32()), _texts(sets[first], classes))


def is_listed(classes: Sequence[str]) -> bool:
    """Whether all sets of these classes are listed, whichever occur."""
    return len(classes) <= MOST_LISTED


def _numbers(sets: Sets) -> pa.Array:
    numbers = np.zeros(len(sets), dtype=np.int32)
    for place, belongs in enumerate(sets.T):
        numbers |= np.left_shift(belongs, place, dtype=np.int32)
    return pa.array(numbers)


def _texts(sets: np.ndarray[Any, Any], classes: Sequence[str]) -> pa.Array:
    names = [join_names(name for name, held in zip(classes, each, strict=True) if held) for each in sets]
    return pa.array(names, pa.string())
