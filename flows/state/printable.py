"""Printable text: what may be shown of names, cells and messages that come from outside."""

from __future__ import annotations

from typing import Final

LONGEST: Final = 500  # characters of a line that says what is wrong, its beginning included
OMITTED: Final = " … "
MARKDOWN: Final = frozenset(r"\`*_[]<>#|!&~$:@")


def printable(text: str, longest: int = LONGEST) -> str:
    r"""The text on one line that nothing in it can break, forge or turn around, shortened in the middle.

    Control characters, line breaks, marks of direction, lone surrogates and their like are shown escaped.

    Args:
        text: Any text.
        longest: How many characters it may become.

    >>> printable("a\nb\x1b[2J")
    'a\\nb\\x1b[2J'

    """
    if len(text) > longest:  # before it is escaped, which takes long for what is long; again after
        text = _shortened(text, longest)
    if text.isprintable():
        return text
    return _shortened("".join(map(_escaped, text)), longest)


def in_markdown(text: str, longest: int = LONGEST) -> str:
    r"""The same where Markdown is read: nothing in it is a link, an image, a cell, a heading or HTML.

    >>> in_markdown("![a](http://b)")
    '\\!\\[a\\](http\\://b)'
    """
    return "".join(f"\\{each}" if each in MARKDOWN else each for each in printable(text, longest))


def in_code(text: str, longest: int = LONGEST) -> str:
    r"""The same as code in Markdown, which nothing in it ends.

    >>> in_code("a`b")
    '`a\\x60b`'
    """
    return f"`{printable(text, longest)}`" if "`" not in text else in_code(text.replace("`", r"\x60"), longest)


def _escaped(character: str) -> str:
    return character if character.isprintable() else character.encode("unicode_escape").decode()


def _shortened(text: str, longest: int) -> str:
    if len(text) <= longest:
        return text
    kept = longest - len(OMITTED)
    return text[: kept - kept // 3] + OMITTED + text[-(kept // 3) :]
