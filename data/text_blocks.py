"""Blocks: the rows of a text file in pieces that hold whole rows, every one cleared of what a reader would trip over.

A row is a line, or lines joined by a quoted cell. A quote that never closes would swallow all that follows, so a joined
row must have the right number of cells, and a line whose quotes do not fit becomes a malformed row of its own.
"""

from __future__ import annotations

import csv
import re
from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import pyarrow as pa
import pyarrow.compute as pc

from data.text import read_lines

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from data.layouts import TextLayout

MOST_JOINED: Final = 100
STAND_IN: Final = b"\x1a"


@dataclass(frozen=True)
class Block:
    """Rows as bytes; a line whose quotes do not fit is replaced by a stand-in, its text kept aside in order."""

    rows: bytes
    misquoted: list[str] = field(default_factory=list)


def read_blocks(source: Path, layout: TextLayout, width: int, size: int) -> Iterator[Block]:
    """The rows after the header, in blocks of about so many bytes."""
    held = b""
    for lines in _after(read_lines(source, layout.encoding, size), layout.skip):
        rows = _single_blanks(lines) if layout.separator == " " else lines
        if held or b'"' in rows:
            block, held = _cleared(held + rows, layout.separator, width, last=False)
        else:
            block = Block(_without_blank_lines(rows, layout.separator))
        if block.rows.strip():
            yield block
    if held:
        yield _cleared(held, layout.separator, width, last=True)[0]


def whole_rows(lines: Sequence[str], separator: str, width: int) -> Iterator[tuple[int, str]]:
    """Lines as rows, cut as `read_blocks` cuts them, without the blank ones: the number of its first line, and each."""
    text = "\n".join(lines).encode(errors="replace")
    rows = (_single_blanks(text) if separator == " " else text).split(b"\n")
    blank, number = _blank(separator), 0
    for row in _joined(rows, separator, width, last=True)[0]:
        if not blank.fullmatch(row):
            yield number, row.decode()
        number += row.count(b"\n") + 1


def _blank(separator: str) -> re.Pattern[bytes]:
    """A line that is blank, or nothing but separators, with empty quotes perhaps: spreadsheets write them."""
    return re.compile(rb'(?:[ \t]|""|%s)*\r?' % re.escape(separator.encode()))


def _without_blank_lines(rows: bytes, separator: str) -> bytes:
    each = separator.encode()
    if not rows.startswith((each, b" ", b"\t")) and not any(b"\n" + start in rows for start in (each, b" ", b"\t")):
        return rows
    return re.sub(rb"\n(?:[ \t]|%s)+\r?(?=\n|\Z)" % re.escape(each), b"", b"\n" + rows)[1:]


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


def _cleared(lines: bytes, separator: str, width: int, *, last: bool) -> tuple[Block, bytes]:
    """The block of these lines, and what must wait for the lines that follow: a row whose quote is still open."""
    rows = lines.removesuffix(b"\n").split(b"\n")
    rows, held = _joined(rows, separator, width, last=last)
    blank = _blank(separator)
    rows = [row for row in rows if not blank.fullmatch(row)]
    quoted = [at for at, row in enumerate(rows) if b'"' in row]
    fits = pc.match_substring_regex(
        pa.array([rows[at].rstrip(b"\r") for at in quoted], pa.binary()), _fitting(separator)
    )
    misquoted = []
    for at, fit in zip(quoted, fits.to_pylist(), strict=True):
        if not fit:
            misquoted.append(rows[at].decode(errors="replace").rstrip("\r"))
            rows[at] = STAND_IN
    return Block(b"\n".join(rows) + b"\n" if rows else b"", misquoted), held


def _fitting(separator: str) -> str:
    each = re.escape(separator)
    cell = f'(?:"(?:[^"]|"")*"|[^"{each}][^{each}]*|)'
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
        elif odd[0] - start < MOST_JOINED and _width(rows[start : odd[0] + 1], separator) == width:
            joined[start] = odd.popleft()
    return _merge(rows, joined), b""


def _merge(rows: list[bytes], joined: dict[int, int]) -> list[bytes]:
    merged, at = [], 0
    while at < len(rows):
        end = joined.get(at, at)
        merged.append(b"\n".join(rows[at : end + 1]))
        at = end + 1
    return merged


def _width(rows: list[bytes], separator: str) -> int:
    text = b"\n".join(rows).decode(errors="replace")
    try:
        return len(next(csv.reader(text.splitlines(keepends=True), delimiter=separator), []))
    except csv.Error:
        return 0
