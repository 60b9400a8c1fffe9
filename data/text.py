"""Text: the bytes of a text file as UTF-8 with plain line ends, whatever they were, in blocks of whole lines."""

from __future__ import annotations

import codecs
import gzip
import re
from contextlib import contextmanager
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING, Final, Literal, cast

import pyarrow as pa

from data.errors import TextError
from data.sources import unverified

if TYPE_CHECKING:
    from collections.abc import Iterator

    from data.sources import Readable

LARGEST_LINE: Final = 1 << 20
PIECE: Final = 1 << 20
MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)

WESTERN: Final = "cp1252"  # what Windows and Excel write in western Europe; what Latin-1 has is the same in it
SHOWN: Final = {"utf-8": "UTF-8", "utf-16-le": "UTF-16 LE", "utf-16-be": "UTF-16 BE", WESTERN: "Windows-1252"}
# What cannot be decoded stays bytes that are not UTF-8, so that the rows it stands in can be told from the others.
UNDECODABLE: Final = {"utf-16-le": "surrogatepass", "utf-16-be": "surrogatepass", WESTERN: "surrogateescape"}
LONE: Final = re.compile(r"\r(?!\n|\Z)")  # at the end of a head the other half may come after it
QUOTED: Final = re.compile(r'"[^"]*"')
ESCAPED: Final = re.compile("[\udc80-\udcff]")

Compression = Literal["gzip", "zstd"]
LineEnd = Literal["\n", "\r\n", "\r", "\r\r\n", "mixed"]


@dataclass(frozen=True)
class Encoding:
    """How the bytes of a file become text."""

    compression: Compression | None
    mark: int  # bytes of the byte-order mark
    name: str
    line_end: LineEnd

    def __str__(self) -> str:
        """In words."""
        ends = {"\n": "LF", "\r\n": "CRLF", "\r": "CR", "\r\r\n": "CR CR LF", "mixed": "CR and LF"}[self.line_end]
        name = SHOWN.get(self.name, self.name) + (" with BOM" if self.mark else "")
        return f"{self.compression}, {name}, {ends}" if self.compression else f"{name}, {ends}"


def compression_of(head: bytes) -> Compression | None:
    """What a file is compressed with, by its first bytes."""
    if head.startswith(b"\x1f\x8b"):
        return "gzip"
    return "zstd" if head.startswith(b"\x28\xb5\x2f\xfd") else None


@contextmanager
def open_plain(source: Readable, compression: Compression | None) -> Iterator[IO[bytes]]:
    """The file's bytes, decompressed as they are read."""
    with source.open("rb") as file:
        if compression is None:
            yield cast("IO[bytes]", file)
        elif compression == "gzip":
            with gzip.open(file, "rb") as plain:
                yield cast("IO[bytes]", plain)
        else:
            with pa.input_stream(file, compression="zstd") as plain:
                yield plain


def sniff_encoding(source: Readable, head: bytes, compression: Compression | None = None) -> Encoding:
    """How a file that begins like this is to be read; TextError where it is no text.

    Its mark decides, or the zeros of UTF-16, or else all of its bytes: UTF-8 unless most that is not ASCII is none.
    """
    mark, name = next(((len(mark), name) for mark, name in MARKS if head.startswith(mark)), (0, ""))
    if not name:
        name = _wide(head) or _narrow(source, compression)
    text = head[mark:].decode(name, errors="replace")
    if re.search(r"[\x00-\x08\x0b\x0e-\x1f]", text):
        message = "not a table; found bytes that are no text; give a CSV or Parquet file"
        raise TextError(message)
    return Encoding(compression, mark, name, _line_end(text))


def _wide(head: bytes) -> str:
    if head[1::2].count(0) > len(head) // 4:
        return "utf-16-le"
    return "utf-16-be" if head[::2].count(0) > len(head) // 4 else ""


def _narrow(source: Readable, compression: Compression | None) -> str:
    decoder = codecs.getincrementaldecoder("utf-8")(errors="surrogateescape")
    good = bad = 0
    with open_plain(unverified(source), compression) as file:
        while piece := file.read(PIECE):
            if piece.isascii() and not decoder.getstate()[0]:
                continue
            text = decoder.decode(piece)
            wrong = len(ESCAPED.findall(text))
            bad += wrong
            good += len(text) - len(text.encode("ascii", "ignore")) - wrong
    return WESTERN if bad > good else "utf-8"


def _line_end(text: str) -> LineEnd:
    if "\r" in text and "\n" not in text:
        return "\r"
    plain = QUOTED.sub("", text)
    if "\r\r\n" in plain:
        return "\r\r\n"
    if LONE.search(plain):
        return "mixed"
    return "\r\n" if "\r\n" in plain else "\n"


def read_pieces(source: Readable, encoding: Encoding, size: int = PIECE) -> Iterator[bytes]:
    """The text as UTF-8 with LF or CRLF line ends, in pieces of about so many bytes.

    What cannot be decoded is in it as bytes that are not UTF-8. TextError where the text ends within a character.
    """
    errors = UNDECODABLE.get(encoding.name, "strict")
    decoder = codecs.getincrementaldecoder(encoding.name)(errors)
    held = b""
    with open_plain(source, encoding.compression) as file:
        file.read(encoding.mark)
        while piece := file.read(size):
            if encoding.name != "utf-8":
                piece = decoder.decode(piece).encode("utf-8", errors)
            if encoding.line_end == "\r":
                piece = piece.replace(b"\r", b"\n")
            elif encoding.line_end == "mixed":
                piece = held + piece
                held = b"\r" if piece.endswith(b"\r") else b""
                piece = piece.removesuffix(b"\r").replace(b"\r\n", b"\n").replace(b"\r", b"\n")
            elif encoding.line_end == "\r\r\n":
                piece = held + piece
                kept = piece.rstrip(b"\r")
                held, piece = piece[len(kept) :], kept.replace(b"\r\r\n", b"\n")
            yield piece
    if decoder.getstate()[0]:
        message = f"cut off; found half a character at the end of a text in {SHOWN[encoding.name]}; copy it again"
        raise TextError(message)
    if held:
        yield held


def read_lines(source: Readable, encoding: Encoding, size: int) -> Iterator[bytes]:
    """The text in blocks of whole lines, about so many bytes each."""
    rest: list[bytes] = []
    held = 0
    for piece in read_pieces(source, encoding, size):
        end = piece.rfind(b"\n") + 1
        if end:
            yield _bounded(b"".join([*rest, memoryview(piece)[:end]]))
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
