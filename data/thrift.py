"""Thrift's compact protocol, in which Parquet writes its footer and the headers of its pages.

https://github.com/apache/thrift/blob/master/doc/specs/thrift-compact-protocol.md
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable

TRUE, FALSE, BYTE, DOUBLE, BINARY, LIST, SET, STRUCT = 1, 2, 3, 7, 8, 9, 10, 12
LONG: Final = 15  # the length of a list that stands by itself
DEEPEST: Final = 20


class Typed(NamedTuple):
    """A value and its type, so that it can be written again; of a list, the value is that of its elements' type."""

    kind: int
    value: Any


def read_struct(content: bytes, at: int = 0) -> tuple[dict[int, Any], int]:
    """The fields of the struct at a place, by their numbers, and the place after it; ValueError where there is none."""
    return _struct(content, at, 0, _alone)


def read_typed(content: bytes, at: int = 0) -> dict[int, Typed]:
    """The same fields with their types, those of structs within it too; ValueError where there is no struct."""
    return _struct(content, at, 0, Typed)[0]


def _alone(_: int, value: Any) -> Any:
    return value


def _struct(content: bytes, at: int, depth: int, keep: Callable[[int, Any], Any]) -> tuple[dict[int, Any], int]:
    fields: dict[int, Any] = {}
    number = 0
    try:
        while head := content[at]:
            at += 1
            if head >> 4:
                number += head >> 4
            else:
                number, at = _whole(content, at)
            kind = head & 15
            value, at = (kind == TRUE, at) if kind in (TRUE, FALSE) else _value(content, at, kind, depth, keep)
            fields[number] = keep(kind, value)
    except IndexError:
        message = "no struct of Thrift"
        raise ValueError(message) from None
    return fields, at + 1


def _value(content: bytes, at: int, kind: int, depth: int, keep: Callable[[int, Any], Any]) -> tuple[Any, int]:
    if BYTE < kind < DOUBLE:
        return _whole(content, at)
    if kind == BINARY:
        length, at = _varint(content, at)
        return content[at : at + length], at + length
    if kind == STRUCT and depth < DEEPEST:
        return _struct(content, at, depth + 1, keep)
    if kind in (LIST, SET) and depth < DEEPEST:
        return _list(content, at, depth, keep)
    if kind in (TRUE, FALSE, BYTE):
        return content[at], at + 1
    if kind == DOUBLE:
        return content[at : at + 8], at + 8
    message = f"no type of Thrift: {kind}"
    raise ValueError(message)


def _list(content: bytes, at: int, depth: int, keep: Callable[[int, Any], Any]) -> tuple[Any, int]:
    head = content[at]
    length, at = (head >> 4, at + 1) if head >> 4 != LONG else _varint(content, at + 1)
    values = []
    for _ in range(length):
        value, at = _value(content, at, head & 15, depth + 1, keep)
        values.append(value)
    return keep(head & 15, values), at


def _whole(content: bytes, at: int) -> tuple[int, int]:
    value, at = _varint(content, at)
    return (value >> 1) ^ -(value & 1), at


def _varint(content: bytes, at: int) -> tuple[int, int]:
    byte = content[at]
    if byte < 128:  # noqa: PLR2004
        return byte, at + 1
    value, shift = byte & 127, 7
    while byte > 127:  # noqa: PLR2004
        at += 1
        byte = content[at]
        value |= (byte & 127) << shift
        shift += 7
    return value, at + 1
