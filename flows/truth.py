"""The truth of rows: what a chunk's label column says, as class indices."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    import pandas as pd

    from data.truth import Truth


def class_indices(frame: pd.DataFrame, truth: Truth) -> tuple[np.ndarray[Any, Any], Counter[str]]:
    """The class index of each row, -1 where none is known, and how often each text that is no class occurs."""
    if "truth" not in frame:
        return np.full(len(frame), -1), Counter()
    texts = frame["truth"].cat
    codes = texts.codes.to_numpy()
    indices = np.array([truth.index(text) for text in texts.categories] + [-1], dtype=np.intp)
    counts = np.bincount(codes[codes >= 0], minlength=len(texts.categories)).tolist()
    counted = zip(texts.categories, indices[:-1], counts, strict=True)
    return indices[codes], Counter({text: count for text, index, count in counted if index < 0 < count})
