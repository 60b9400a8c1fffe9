"""A place: where versions are kept, a path on a disk or what is asked in the same words on object storage."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Protocol, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence


class State(Protocol):
    """What is known of a file."""

    @property
    def st_mode(self) -> int:
        """What kind of file it is."""

    @property
    def st_size(self) -> int:
        """How many bytes it has."""

    @property
    def st_mtime(self) -> float:
        """When it was written, in seconds."""


class ObjectPlace(Protocol):
    """A place on object storage: what is written there is seen whole or not at all, and may be made conditional."""

    @property
    def name(self) -> str:
        """Its last part."""

    @property
    def parent(self) -> ObjectPlace:
        """The place it is in."""

    def __truediv__(self, name: str, /) -> ObjectPlace:
        """A place below."""

    def with_name(self, name: str, /) -> ObjectPlace:
        """The place of this name beside it."""

    def exists(self) -> bool:
        """Whether anything is there."""

    def is_file(self) -> bool:
        """Whether an object is there."""

    def is_dir(self) -> bool:
        """Whether anything is below."""

    def iterdir(self) -> Iterator[ObjectPlace]:
        """What is directly below."""

    def entries(self) -> Sequence[tuple[ObjectPlace, State | None]]:
        """The same, with what is known of the objects; folders have no state."""

    def stat(self) -> State:
        """What is known of an object; FileNotFoundError where there is none."""

    def read_bytes(self) -> bytes:
        """Its bytes; FileNotFoundError where there is none."""

    def get(self) -> tuple[bytes, str]:
        """Its bytes and the tag they have; FileNotFoundError where there is none."""

    def create(self, content: bytes) -> bool:
        """Write where nothing is; False where something else is."""

    def swap(self, content: bytes, tag: str) -> bool:
        """Write over the bytes of this tag; False where others are there by now."""

    def unlink(self, *, missing_ok: bool = False) -> None:
        """Remove the object."""


Place: TypeAlias = Path | ObjectPlace
