"""The encoding of a table: what its features are to a network."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from nn.columns import Column
from nn.encoding import Encoding

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


class Feature(Protocol):
    """What a table says of one of its columns: its levels where it is a category, and what is allowed besides."""

    @property
    def levels(self) -> Sequence[str]:
        """The levels of a category, none of a number."""

    @property
    def unseen(self) -> str:
        """`reject`, or `level` where what is none of the levels is one of its own."""

    @property
    def missing(self) -> str:
        """`reject`, or `mean` of a number and `level` of a category that may be missing."""


def encoding_of(features: Iterable[Feature]) -> Encoding:
    """How rows of these features become the inputs of a network."""
    return Encoding(tuple(map(_column, features)))


def _column(feature: Feature) -> Column:
    unseen, missing = feature.unseen == "level", feature.missing != "reject"
    return Column(tuple(feature.levels), unseen=unseen and bool(feature.levels), missing=missing)
