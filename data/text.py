"""Text: the bytes of a text file as UTF-8 with plain line ends, whatever they were, in blocks of whole lines."""

from __future__ import annotations

import codecs
import gzip
import re
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING, Final, Literal, cast

import pyarrow as pa

from data.errors import TextError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

LARGEST_LINE: Final = 1 << 20
PIECE: Final = 1 << 20
MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)

SHOWN: Final = {"utf-8": "UTF-8", "utf-16-le": "UTF-16 LE", "utf-16-be": "UTF-16 BE", "latin-1": "Latin-1"}

Compression = Literal["gzip", "zstd"]
LineEnd = Literal["\n", "\r\n", "\r", "\r\r\n"]


@dataclass(frozen=True)
class Encoding:
    """How the bytes of a file become text."""

    compression: Compression | None
    mark: int  # bytes of the byte-order mark
    name: str
    line_end: LineEnd

    def __str__(self) -> str:
        """In words."""
        ends = {"\n": "LF", "\r\n": "CRLF", "\r": "CR", "\r\r\n": "CR CR LF"}[self.line_end]
        name = SHOWN.get(self.name, self.name) + (" with BOM" if self.mark else "")
        return f"{self.compression}, {name}, {ends}" if self.compression else f"{name}, {ends}"


def compression_of(head: bytes) -> Compression | None:
    """What a file is compressed with, by its first bytes."""
    if head.startswith(b"\x1f\x8b"):
        return "gzip"
    return "zstd" if head.startswith(b"\x28\xb5\x2f\xfd") else None


def open_plain(source: Path, compression: Compression | None) -> IO[bytes]:
    """The file's bytes, decompressed as they are read."""
    if compression == "gzip":
        return cast("IO[bytes]", gzip.open(source, "rb"))
    if compression == "zstd":
        return pa.input_stream(str(source), compression="zstd")  # type: ignore[no-any-return]
    return source.open("rb")


def sniff_encoding(head: bytes, compression: Compression | None = None) -> Encoding:
    """How the beginning of a file is to be read; TextError where it is no text."""
    mark, name = next(((len(mark), name) for mark, name in MARKS if head.startswith(mark)), (0, ""))
    if not name:
        name = _unmarked(head)
    text = head[mark:].decode(name, errors="replace")
    if re.search(r"[\x00-\x08\x0b\x0e-\x1f]", text):
        message = "not a table; found bytes that are no text; give a CSV or Parquet file"
        raise TextError(message)
    return Encoding(compression, mark, name, _line_end(text))


def _unmarked(head: bytes) -> str:
    if head[1::2].count(0) > len(head) // 4:
        return "utf-16-le"
    if head[::2].count(0) > len(head) // 4:
        return "utf-16-be"
    try:
        codecs.getincrementaldecoder("utf-8")().decode(head)
    except UnicodeDecodeError:
        return "latin-1"
    return "utf-8"


def _line_end(text: str) -> LineEnd:
    if "\r\r\n" in text:
        return "\r\r\n"
    if "\r\n" in text:
        return "\r\n"
    return "\r" if "\r" in text and "\n" not in text else "\n"


def read_pieces(source: Path, encoding: Encoding, size: int = PIECE) -> Iterator[bytes]:
    """The text as UTF-8 with LF or CRLF line ends, in pieces of about so many bytes."""
    decoder = codecs.getincrementaldecoder(encoding.name)(errors="replace")
    held = b""
    with open_plain(source, encoding.compression) as file:
        file.read(encoding.mark)
        while piece := file.read(size):
            if encoding.name != "utf-8":
                piece = decoder.decode(piece).encode()
            if encoding.line_end == "\r":
                piece = piece.replace(b"\r", b"\n")
            elif encoding.line_end == "\r\r\n":
                piece = held + piece
                kept = piece.rstrip(b"\r")
                held, piece = piece[len(kept) :], kept.replace(b"\r\r\n", b"\n")
            yield piece
    if held:
        yield held


def read_lines(source: Path, encoding: Encoding, size: int) -> Iterator[bytes]:
    """The text in blocks of whole lines, about so many bytes each."""
    rest: list[bytes] = []
    held = 0
    for piece in read_pieces(source, encoding, size):
        end = piece.rfind(b"\n") + 1
        if end:
            yield _bounded(b"".join([*rest, piece[:end]]))
            rest, held = [], 0
        rest.append(piece[end:])
        held += len(piece) - end
        if held > LARGEST_LINE:
            _bounded(b"".join(rest))
    last = _bounded(b"".join(rest))
    if last.strip():
        yield last


def _bounded(lines: bytes) -> bytes:
    """The lines, none of them too long: the same ones are, whatever the size of a block."""
    start = 0
    while len(lines) - start > LARGEST_LINE:
        end = lines.rfind(b"\n", start, start + LARGEST_LINE + 1) + 1
        if not end:
            found = lines[start : start + 20]
            message = f"a line of more than {LARGEST_LINE:,} bytes; found {found!r}...; is it a table?"
            raise TextError(message)
        start = end
    return lines
