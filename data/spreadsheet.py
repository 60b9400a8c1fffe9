r"""Spreadsheets: cells of text that a spreadsheet leaves as they are, and what they were before.

Excel and LibreOffice take `007` for 7, `1E5` for 100000 and `MARCH1` for a date, and run what begins with `=`. An
apostrophe in front keeps them from it: both show it, save it, and leave what follows alone. After it, and nowhere else,
a backslash escapes what is not printable.
"""

from __future__ import annotations

import re
from typing import Final

GUARD: Final = "'"
RUN: Final = ("=", "+", "-", "@")
LEFT_ALONE: Final = re.compile(r"[A-Za-z]{1,2}[-_]?[0-9]+|[A-Za-z][A-Za-z_|./ -]*[A-Za-z]|[A-Za-z]")
BOOLEANS: Final = {"true", "false", "wahr", "falsch", "vrai", "faux", "vero", "falso", "verdadero", "waar", "onwaar"}
LONG: Final = 40  # characters beyond which no text is a number or a date
ESCAPED: Final = re.compile(r"\\(\\|x[0-9a-f]{2}|u[0-9a-f]{4}|U[0-9a-f]{8})")
DIGITS: Final = 15  # of a number that a spreadsheet keeps


def guarded(text: str) -> str:
    r"""A cell of a text file that comes back from a spreadsheet as it is.

    >>> guarded("B-0017"), guarded("007"), guarded("=1+1")
    ('B-0017', "'007", "'=1+1")
    """
    return text if not text or _left_alone(text) else _with_guard(text)


def guarded_cell(text: str) -> str:
    """A cell of a workbook that is marked as text: only what would run once it is saved as a text file is guarded."""
    return text if text.isprintable() and not text.startswith((GUARD, *RUN)) else _with_guard(text)


def guarded_number(value: float) -> str:
    """A number as text, with all its digits; one of more than a spreadsheet keeps is guarded."""
    return repr(value) if kept(value) else f"{GUARD}{value!r}"


def kept(value: float) -> bool:
    """Whether a spreadsheet keeps all digits of a number."""
    return float(f"{value:.{DIGITS}g}") == value


def plain(cell: str) -> str:
    """What a guarded cell was; any other as it is."""
    if not cell.startswith(GUARD):
        return cell
    return ESCAPED.sub(lambda found: _unescaped(found[1]), cell.removeprefix(GUARD))


def _left_alone(text: str) -> bool:
    if not text.isprintable():
        return False
    if len(text) > LONG:
        return text[0].isalpha()
    return LEFT_ALONE.fullmatch(text) is not None and text.casefold() not in BOOLEANS


def _with_guard(text: str) -> str:
    return GUARD + "".join(_escaped(character) for character in text)


def _escaped(character: str) -> str:
    if character == "\\":
        return r"\\"
    if character.isprintable():
        return character
    code = ord(character)
    return f"\\x{code:02x}" if code < 1 << 8 else f"\\u{code:04x}" if code < 1 << 16 else f"\\U{code:08x}"


def _unescaped(code: str) -> str:
    return code if code == "\\" else chr(int(code[1:], 16))
