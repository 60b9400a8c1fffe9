"""Agreement: whether labels contradict a model's answers in a way that another reading of them would explain."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np

if TYPE_CHECKING:
    from nn.arrays import Rows

EXPLAINED: Final = 0.8  # of the rows, by the other reading
FEWER: Final = 0.2  # of the rows, by the labels as they stand
RIGHT: Final = 0.95  # how often a model is right whose labels are read as they are meant
OVERWHELMING: Final = 6.0  # powers of ten


def other_reading(counts: np.ndarray[Any, np.dtype[np.int64]]) -> Rows | None:
    """What rows of each class are called, (k,), -1 where there are none; None where the labels stand as they are.

    ``counts`` are rows by the class stated and the class the model says, (k, k). Another reading is taken for true
    where it explains four rows of five, the stated one far fewer, and it is a million times likelier by a model that is
    right in 95 of 100 rows. Rows that are all called alike could as well be ones that the model knows nothing of.
    """
    called = np.where(counts.sum(axis=0) > 0, counts.argmax(axis=0), -1)
    explained, stated, rows = int(counts.max(axis=0).sum()), int(np.trace(counts)), int(counts.sum())
    several = len(np.unique(called[called >= 0])) > 1
    odds = np.log10(RIGHT * (len(counts) - 1) / (1 - RIGHT))
    if (
        several
        and explained >= EXPLAINED * rows
        and stated <= explained - FEWER * rows
        and (explained - stated) * odds >= OVERWHELMING
    ):
        return called
    return None
