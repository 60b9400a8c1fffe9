"""Heads: the first rows of a table, what is expected of it, and which of its columns is which."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import numpy as np


class Category(Protocol):
    """What a reader must know of a feature that is one of several levels."""

    @property
    def levels(self) -> tuple[str, ...]: ...  # noqa: D102
    @property
    def unseen(self) -> str: ...  # noqa: D102
    def level_index(self, text: str) -> int: ...  # noqa: D102


class Expected(Protocol):
    """What a reader must know of the table it looks for; `schemas` has such tables."""

    @property
    def name(self) -> str: ...  # noqa: D102
    @property
    def row(self) -> str: ...  # noqa: D102
    @property
    def features(self) -> tuple[str, ...]: ...  # noqa: D102
    @property
    def label(self) -> str: ...  # noqa: D102
    @property
    def common_label(self) -> bool: ...  # noqa: D102
    @property
    def bounds(self) -> Mapping[str, tuple[float, float]]: ...  # noqa: D102
    @property
    def categories(self) -> Mapping[str, Category]: ...  # noqa: D102
    @property
    def may_be_missing(self) -> frozenset[str]: ...  # noqa: D102
    @property
    def id_spellings(self) -> tuple[str, ...]: ...  # noqa: D102
    @property
    def ignored(self) -> tuple[str, ...]: ...  # noqa: D102
    @property
    def spellings(self) -> Mapping[str, tuple[str, ...]]: ...  # noqa: D102
    @property
    def class_names(self) -> tuple[str, ...]: ...  # noqa: D102
    @property
    def class_ids(self) -> tuple[int, ...]: ...  # noqa: D102
    @property
    def lookalikes(self) -> Mapping[str, tuple[str, ...]]: ...  # noqa: D102
    @property
    def usual_units(self) -> Mapping[str, str]: ...  # noqa: D102
    def class_index(self, text: str) -> int: ...  # noqa: D102


@dataclass(frozen=True)
class Columns:
    """The place of each feature among a table's columns, of its label (or one-hot labels) and id, and why so.

    ``remarks`` are sentences that the reader of the results should be told.
    """

    features: Mapping[str, int]
    label: int | None
    one_hot: tuple[int, ...]
    identifier: int | None
    why: str
    remarks: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class Head:
    """The first rows of a table: its column names (blank where it gives none) and its cells as text and as numbers."""

    names: tuple[str, ...]
    texts: Sequence[Sequence[str]]
    numbers: np.ndarray[Any, Any]  # (rows, columns), NaN where a cell is no number

    def column(self, place: int) -> list[str]:
        """The texts of a column."""
        return [row[place].strip() for row in self.texts]
