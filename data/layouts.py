"""Layouts: what kind of table a file is, and which of its columns is which."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final, Literal

from data.truth import Truth

if TYPE_CHECKING:
    from collections.abc import Mapping

    from data.text import Encoding

CHUNK_ROWS: Final = 131_072


@dataclass(frozen=True)
class TextLayout:
    """How the lines of a text file are cut into cells, and how many of them come before the first row."""

    encoding: Encoding
    separator: str
    decimal: Literal[".", ","]
    skip: int
    line_bytes: int


@dataclass(frozen=True)
class Layout:
    """Which column of a file is which, by its place, and how that was found; `text` is None for Parquet."""

    columns: tuple[str, ...]
    features: Mapping[str, int]
    label: int | None
    one_hot: tuple[int, ...]
    identifier: int | None
    truth: Truth
    text: TextLayout | None
    why: str
    contradiction: str = ""
    """Why the labels that stand there are left out."""

    @property
    def ignored(self) -> tuple[str, ...]:
        """The columns that are none of ours, by name, or by number where they have none."""
        used = {*self.features.values(), *self.one_hot, self.label, self.identifier}
        return tuple(name or f"column {at + 1}" for at, name in enumerate(self.columns) if at not in used)

    def without_truth(self, why: str) -> Layout:
        """The same with its labels left out, for this reason."""
        return replace(self, label=None, one_hot=(), contradiction=why)

    @property
    def carries_truth(self) -> bool:
        """Whether rows say their class themselves."""
        return self.label is not None or bool(self.one_hot)


def with_truth(layout: Layout, texts: set[str]) -> Layout:
    """The layout, its truth settled by all the texts that occur in the label column."""
    return replace(layout, truth=Truth.of(texts, layout.truth.expected))
