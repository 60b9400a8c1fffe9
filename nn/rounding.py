"""Rounding: the parameters of a classifier as float32, so that the last bits of its training leave no trace.

What BLAS and NumPy compute differs between kinds of processor in the last bits, and training carries that on; rounded,
the parameters are the same but for those that lie between two float32 to within these bits.
"""

from __future__ import annotations

from dataclasses import fields, is_dataclass, replace
from typing import Any, TypeVar

import numpy as np

Part = TypeVar("Part")


def rounded(part: Part) -> Part:
    """A classifier, or a part of one, with every array in it rounded to float32 and kept as float64."""
    changed: Any
    if isinstance(part, np.ndarray):
        changed = part.astype(np.float32).astype(float)
        return changed  # type: ignore[no-any-return]
    if isinstance(part, tuple):
        return type(part)(map(rounded, part))
    if is_dataclass(part) and not isinstance(part, type):
        changed = {each.name: rounded(getattr(part, each.name)) for each in fields(part)}
        return replace(part, **changed)
    return part
