"""TOML text: a table's declaration as it is written for a person, each part and key with its comments.

The standard library reads TOML and writes none. What is written here has three shapes only, keys, tables and lists of
tables, and a comment for nearly every line, which a library would need as many calls for.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from textwrap import wrap
from typing import TYPE_CHECKING, Final, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

Value: TypeAlias = "str | int | float | Sequence[str] | Mapping[str, Sequence[str]]"

WIDTH: Final = 110
UNSURE: Final = "unsure: "


@dataclass(frozen=True)
class Part:
    """A table of a TOML file, `[label]` or `[[features]]`, the top of the file where it has no header.

    ``notes`` are comments above its keys; of them, ``unsure`` are decisions that could well be otherwise.
    """

    header: str
    entries: tuple[tuple[str, Value], ...]
    notes: tuple[str, ...] = ()
    unsure: tuple[str, ...] = ()
    beside: dict[str, str] = field(default_factory=dict)
    """A comment behind the value of a key."""

    def lines(self) -> Iterator[str]:
        """The lines of the part."""
        if self.header:
            yield self.header
        for note in (*self.notes, *(UNSURE + each for each in self.unsure)):
            yield from _comment(note)
        for key, value in self.entries:
            note = f"  # {_shown(self.beside[key])}" if key in self.beside else ""
            yield f"{key} = {_value(value)}{note}"


def write(parts: Iterable[Part]) -> str:
    """The parts as one text, a blank line between any two."""
    return "\n\n".join("\n".join(part.lines()) for part in parts) + "\n"


def _value(value: Value) -> str:
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, (int, float)):
        return repr(value)
    if isinstance(value, Mapping):
        return f"{{ {', '.join(f'{_text(name)} = {_value(texts)}' for name, texts in value.items())} }}"
    return f"[{', '.join(map(_text, value))}]"


def _text(text: str) -> str:
    r"""A basic string: TOML escapes what JSON does, and what else a terminal may not be shown is escaped as well.

    >>> print(_text('a "b"\\'))
    "a \"b\"\\"
    """
    return "".join(
        each if each.isprintable() else f"\\U{ord(each):08x}" for each in json.dumps(text, ensure_ascii=False)
    )


def _comment(note: str) -> Iterator[str]:
    lines = wrap(_shown(note), WIDTH, break_long_words=False, break_on_hyphens=False)
    return (f"# {line}" for line in lines)


def _shown(note: str) -> str:
    """What may stand in a comment: nothing in a name or a cell ends it, or turns it around."""
    if note.isprintable():
        return note
    return "".join(each if each.isprintable() else each.encode("unicode_escape").decode() for each in note)
