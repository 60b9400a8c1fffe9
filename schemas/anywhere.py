"""Anywhere: what is asked of a place, a path on a disk or one on object storage, where a table or its rows are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, Protocol, Self

if TYPE_CHECKING:
    from collections.abc import Iterator


class Anywhere(Protocol):
    """A place."""

    @property
    def name(self) -> str:
        """Its last part."""

    @property
    def suffix(self) -> str:
        """The ending of its last part."""

    @property
    def parent(self) -> Self:
        """The place it is in."""

    def __truediv__(self, name: str, /) -> Self:
        """A place below."""

    def resolve(self) -> Self:
        """The place itself, without detours."""

    def is_file(self) -> bool:
        """Whether a file is there."""

    def iterdir(self) -> Iterator[Self]:
        """What is directly below."""

    def read_bytes(self) -> bytes:
        """Its bytes; OSError where there is no such file."""

    def open(self, mode: Literal["rb"], /) -> Any:
        """Its bytes, to be read anywhere; OSError where there is no such file."""
