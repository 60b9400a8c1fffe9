"""Thrift's compact protocol written: what was read of it with its types, byte for byte where nothing was changed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from data.thrift import BINARY, BYTE, DOUBLE, FALSE, LIST, LONG, SET, STRUCT, TRUE

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from data.thrift import Typed


def write_struct(fields: Mapping[int, Typed]) -> bytes:
    """The bytes of a struct, its fields in the order given; each list in the short form, where there is one."""
    return b"".join(_fields(fields))


def _fields(fields: Mapping[int, Typed]) -> Iterator[bytes]:
    before = 0
    for number, (kind, value) in fields.items():
        near = 0 < number - before <= LONG
        yield bytes([(number - before) << 4 | kind]) if near else bytes([kind]) + _whole(number)
        if kind not in (TRUE, FALSE):
            yield _value(kind, value)
        before = number
    yield b"\0"


def _value(kind: int, value: Any) -> bytes:
    if BYTE < kind < DOUBLE:
        return _whole(value)
    if kind == BINARY:
        return _varint(len(value)) + bytes(value)
    if kind == STRUCT:
        return write_struct(value)
    if kind in (LIST, SET):
        return _list(*value)
    return bytes([value]) if kind in (TRUE, FALSE, BYTE) else bytes(value)


def _list(kind: int, values: Sequence[Any]) -> bytes:
    count = len(values)
    head = bytes([count << 4 | kind]) if count < LONG else bytes([LONG << 4 | kind]) + _varint(count)
    return head + b"".join(_value(kind, value) for value in values)


def _whole(number: int) -> bytes:
    return _varint(number << 1 if number >= 0 else ~(number << 1))


def _varint(number: int) -> bytes:
    parts = bytearray()
    while number > 127:  # noqa: PLR2004
        parts.append(number & 127 | 128)
        number >>= 7
    return bytes([*parts, number])
