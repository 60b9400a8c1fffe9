"""The layout of a store: what its files are called, how large they may be, and what a champion's file says."""

from __future__ import annotations

import hashlib
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from models.disk import read
from models.errors import ModelError

if TYPE_CHECKING:
    from models.place import Place

CHAMPION: Final = "champion"
HISTORY: Final = "history.jsonl"
SEAL: Final = "history.seal"
DIGITS: Final = 4
STAGING: Final = ".staging-"
NEXT_VERSION: Final = ".next-version"
NEXT_CHAMPION: Final = ".next-champion"
CLAIMS: Final = ".claims"
OWN: Final = {
    CHAMPION, NEXT_CHAMPION, NEXT_VERSION, CLAIMS, HISTORY, f".next-{HISTORY}", SEAL, f".next-{SEAL}",
}  # fmt: skip
LARGEST: Final = MappingProxyType({"model.json": 1 << 24, "weights.npz": 1 << 26})
LARGEST_OTHER: Final = 1 << 28
LARGEST_POINTER: Final = 1 << 10


def folder_name(number: int) -> str:
    """What the folder of a version is called.

    >>> folder_name(7)
    '0007'
    """
    return f"{number:0{DIGITS}}"


def numbers_in(folder: Place) -> list[int]:
    """The versions that there are folders of, ascending."""
    return sorted(int(name) for name in _folders(folder) if name.isdecimal() and name == folder_name(int(name)))


def _folders(folder: Place) -> list[str]:
    if not isinstance(folder, Path):  # one listing tells them apart, a question for each would take a minute
        return [path.name for path, state in folder.entries() if state is None]
    return [path.name for path in folder.iterdir() if path.is_dir()] if folder.is_dir() else []


def largest(name: str) -> int:
    """How large a file of this name may be, in bytes."""
    return LARGEST.get(name, LARGEST_OTHER)


def sha256_of(content: bytes) -> str:
    """The sha256 of bytes, in hexadecimal."""
    return hashlib.sha256(content).hexdigest()


def content_of(path: Place) -> bytes:
    """The bytes of a file; none where it cannot be read."""
    try:
        return read(path, largest(path.name))
    except (OSError, ModelError):
        return b""


def pointer_to(number: int, sequence: int | None = None) -> bytes:
    r"""What a champion's file says of it; on object storage also at which line of the history it became champion.

    >>> pointer_to(7), pointer_to(7, 12)
    (b'0007\n', b'0007 12\n')
    """
    return f"{folder_name(number)}\n".encode() if sequence is None else f"{folder_name(number)} {sequence}\n".encode()


def number_in(pointer: bytes) -> int | None:
    """The version that a champion's file names; None where it names none."""
    number, _ = _parts(pointer)
    return number


def sequence_in(pointer: bytes) -> int:
    """The line of the history that a champion's file names; 0 where it names none."""
    return _parts(pointer)[1]


def _parts(pointer: bytes) -> tuple[int | None, int]:
    words = pointer.split()
    if len(words) not in (1, 2) or len(pointer) >= 40 or not all(word.isdigit() for word in words):  # noqa: PLR2004
        return None, 0
    return int(words[0]), int(words[-1]) if len(words) > 1 else 0
