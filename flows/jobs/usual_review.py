"""The usual review: what share of the rows a version was trained on it would put up for review itself."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Final

import numpy as np

from flows.state.training_table import read_rows

if TYPE_CHECKING:
    from models.store import Version

MOST: Final = 10_000  # rows that are asked, evenly spread: they settle the share to half a percent


@lru_cache(maxsize=4)
def usual_review(version: Version) -> tuple[float, int]:
    """The share, and of how many of the training rows: of a hard table it is large, and says nothing of a batch."""
    x, _ = read_rows(version)
    x = x[:: -(-len(x) // MOST)]
    classifier = version.classifier
    assert classifier.conformal is not None  # a version without it is refused when it is loaded to label
    several = classifier.conformal.label_sets(classifier.predict_proba(x)).sum(axis=1) > 1
    return float(np.mean(several | (classifier.typicality(x) <= classifier.conformal.alarm))), len(x)
