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
    """Which column of a file is which, by its place, and how that was found; `text` is None for Parquet.

    ``remarks`` are sentences about the file that whoever reads its results should be told.
    """

    columns: tuple[str, ...]
    features: Mapping[str, int]
    label: int | None
    one_hot: tuple[int, ...]
    identifier: int | None
    truth: Truth
    text: TextLayout | None
    why: str
    remarks: tuple[str, ...] = ()

    @property
    def ignored(self) -> tuple[str, ...]:
        """The columns that are none of ours, by name, or by number where they have none."""
        used = {*self.features.values(), *self.one_hot, self.label, self.identifier}
        return tuple(self.name_of(at) for at in range(len(self.columns)) if at not in used)

    def name_of(self, place: int) -> str:
        """What a column is called, or its number where it has no name."""
        return self.columns[place] or f"column {place + 1}"

    def uses(self) -> tuple[str, str, str]:
        """Which column is taken for the id, which for the truth, and which for nothing, in words."""
        truth = [*self.one_hot] if self.label is None else [self.label]
        taken = [
            ", ".join(repr(self.name_of(place)) for place in places) or "none"
            for places in ([] if self.identifier is None else [self.identifier], truth)
        ]
        ignored = ", ".join(map(repr, self.ignored)) or "none"
        return f"id: {taken[0]}", f"truth: {taken[1]}", f"ignored: {ignored}"

    def without_truth(self, why: str) -> Layout:
        """The same with its labels left out, for this reason."""
        return replace(self, truth=replace(self.truth, refuted=True), remarks=(*self.remarks, why))

    @property
    def carries_truth(self) -> bool:
        """Whether rows say their class themselves."""
        return self.label is not None or bool(self.one_hot)


def with_truth(layout: Layout, texts: Mapping[str, int]) -> Layout:
    """The layout, its truth settled by all the texts of the label column, each as often as it occurs."""
    return replace(layout, truth=Truth.of(texts, layout.truth.expected))
