"""Blocks: the rows of a text file in pieces that hold whole rows, every one cleared of what a reader would trip over.

A row is a line, or lines joined by a quoted cell. A quote that never closes would swallow all that follows, so a joined
row must have the right number of cells, and a line whose quotes do not fit becomes a malformed row of its own.
"""

from __future__ import annotations

import re
from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Self

import pyarrow as pa
import pyarrow.compute as pc

from data.lines import Lines
from data.text import SHOWN, read_lines

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from data.layouts import TextLayout
    from data.sources import Readable

MOST_JOINED: Final = 100
STAND_IN: Final = b"\x1a"
QUOTED: Final = '"[^"]*(?:""[^"]*)*"'
EMPTY: Final = re.compile(rb"[\r\n]*")


@dataclass(frozen=True)
class Block:
    """Rows as UTF-8; one that cannot be read is replaced by a stand-in, why and its text are kept aside in order.

    ``count`` is how many they are, None where only parsing them shows it: a cell or a lone CR may end lines.
    """

    rows: bytes
    count: int | None
    aside: list[tuple[str, str]] = field(default_factory=list)

    @classmethod
    def of(cls, rows: Sequence[bytes], aside: list[tuple[str, str]]) -> Self:
        """These rows, any of which may be several lines."""
        text = b"".join(row + b"\n" for row in rows)
        lines = Lines.of(text)
        return cls(text, len(rows) if lines.plain and lines.count == len(rows) else None, aside)


def read_blocks(source: Readable, layout: TextLayout, width: int, size: int) -> Iterator[Block]:
    """The rows after the header, in blocks of about so many bytes."""
    held = b""
    clear = _Clearing(layout.separator, width, SHOWN[layout.encoding.name])
    for lines in _after(read_lines(source, layout.encoding, size), layout.skip):
        rows = _single_blanks(lines) if layout.separator == " " else lines
        if held or b'"' in rows or STAND_IN in rows or not _is_utf8(rows):
            block, held = clear(held + rows, last=False)
        else:
            block = _unquoted(rows, layout.separator)
        if not EMPTY.fullmatch(block.rows):
            yield block
    if held:
        yield clear(held, last=True)[0]


def whole_rows(lines: Sequence[str], separator: str, width: int) -> Iterator[tuple[int, str]]:
    """Lines as rows, cut as `read_blocks` cuts them, without the blank ones: the number of its first line, and each."""
    text = "\n".join(lines).encode()
    rows = (_single_blanks(text) if separator == " " else text).split(b"\n")
    blank, number = _blank(separator), 0
    for row in _joined(rows, separator, width, last=True)[0]:
        if not blank.fullmatch(row):
            yield number, row.decode()
        number += row.count(b"\n") + 1


def _blank(separator: str) -> re.Pattern[bytes]:
    """A line that is blank, or nothing but separators, with empty quotes perhaps: spreadsheets write them."""
    return re.compile(rb'(?:[ \t]|""|%s)*\r?' % re.escape(separator.encode()))


def _unquoted(rows: bytes, separator: str) -> Block:
    """Rows without a quote, each of which is a line, without the blank ones."""
    lines, each = Lines.of(rows), separator.encode()
    if lines.begin_with(b" \t\r\n" + each):
        ended = b"\n" + rows.removesuffix(b"\n") + b"\n"
        rows = re.sub(rb"\n(?:[ \t]|%s)*\r?(?=\n)" % re.escape(each), b"", ended)[1:]
        lines = Lines.of(rows)
    return Block(rows, lines.count if lines.plain else None)


def _single_blanks(lines: bytes) -> bytes:
    return re.sub(rb"(?m)^ | (?=\r?$)", b"", re.sub(rb"[ \t]+", b" ", lines))


def _after(blocks: Iterator[bytes], skip: int) -> Iterator[bytes]:
    """The blocks without so many lines at their beginning."""
    for block in blocks:
        start = 0
        while skip and start < len(block):
            start = block.find(b"\n", start) + 1 or len(block)
            skip -= 1
        if start < len(block):
            yield block[start:]


@dataclass(frozen=True)
class _Clearing:
    separator: str
    width: int
    encoding: str

    def __call__(self, lines: bytes, *, last: bool) -> tuple[Block, bytes]:
        """The block of these lines, and what must wait for those that follow: a row whose quote is still open."""
        rows, held = _joined(lines.removesuffix(b"\n").split(b"\n"), self.separator, self.width, last=last)
        blank = _blank(self.separator)
        rows = [row for row in rows if not blank.fullmatch(row)]
        aside: list[tuple[str, str]] = []
        for at, reason in sorted(self._unreadable(rows)):
            aside.append((reason, rows[at].decode(errors="backslashreplace").rstrip("\r")))
            rows[at] = STAND_IN
        return Block.of(rows, aside), held

    def _unreadable(self, rows: list[bytes]) -> Iterator[tuple[int, str]]:
        """The rows that cannot be read, each by its place and the reason."""
        odd = {at: f"not {self.encoding}" for at, row in enumerate(rows) if not _is_utf8(row)}
        odd |= {at: "a control character" for at, row in enumerate(rows) if row.startswith(STAND_IN)}
        yield from odd.items()
        quoted = [at for at, row in enumerate(rows) if b'"' in row and at not in odd]
        fits = pc.match_substring_regex(
            pa.array([rows[at].rstrip(b"\r") for at in quoted], pa.binary()), _fitting(self.separator)
        )
        yield from ((at, "quotes that do not fit") for at, fit in zip(quoted, fits.to_pylist(), strict=True) if not fit)


def _is_utf8(rows: bytes) -> bool:
    if rows.isascii():
        return True
    try:
        rows.decode()
    except UnicodeDecodeError:
        return False
    return True


def _fitting(separator: str) -> str:
    each = re.escape(separator)
    cell = f'(?:{QUOTED}|[^"{each}\\r][^{each}\\r]*|)'  # a CR ends a row for the parser, unless it is quoted
    return f"(?s)^{cell}(?:{each}{cell})*$"


def _joined(rows: list[bytes], separator: str, width: int, *, last: bool) -> tuple[list[bytes], bytes]:
    fitting = re.compile(_fitting(separator).encode())
    odd = deque(at for at, row in enumerate(rows) if row.count(b'"') % 2)
    joined: dict[int, int] = {}
    while odd:
        start = odd.popleft()
        if fitting.match(rows[start].rstrip(b"\r")):
            continue  # an inch mark, not a quote
        if not odd:
            if not last and len(rows) - start < MOST_JOINED:
                return _merge(rows[:start], joined), b"\n".join(rows[start:]) + b"\n"
        elif odd[0] - start < MOST_JOINED and _fit_as_one(rows[start : odd[0] + 1], separator, width, fitting):
            joined[start] = odd.popleft()
    return _merge(rows, joined), b""


def _merge(rows: list[bytes], joined: dict[int, int]) -> list[bytes]:
    merged, at = [], 0
    while at < len(rows):
        end = joined.get(at, at)
        merged.append(b"\n".join(rows[at : end + 1]))
        at = end + 1
    return merged


def _fit_as_one(rows: list[bytes], separator: str, width: int, fitting: re.Pattern[bytes]) -> bool:
    """Whether these lines are one row of so many cells."""
    row, each = b"\n".join(rows).rstrip(b"\r"), separator.encode()
    if row.count(each) < width - 1:
        return False  # which is asked first: it takes a hundredth of the time
    return fitting.match(row) is not None and re.sub(QUOTED.encode(), b"", row).count(each) == width - 1
