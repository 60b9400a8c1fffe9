"""The encoding of a table: what its features are to a network."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nn.columns import Column
from nn.encoding import Encoding

if TYPE_CHECKING:
    from collections.abc import Iterable

    from schemas.feature import Feature


def encoding_of(features: Iterable[Feature]) -> Encoding:
    """How rows of these features become the inputs of a network."""
    return Encoding(tuple(map(_column, features)))


def _column(feature: Feature) -> Column:
    unseen, missing = feature.unseen == "level", feature.missing != "reject"
    return Column(tuple(feature.levels), unseen=unseen and bool(feature.levels), missing=missing)
