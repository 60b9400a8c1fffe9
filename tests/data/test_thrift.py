"""Thrift's compact protocol, against bytes written by hand after its specification."""

from __future__ import annotations

import struct
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.thrift import read_struct

WHOLE = st.integers(-(2**62), 2**62)


def varint(number):
    parts = bytearray()
    while number > 127:
        parts.append(number & 127 | 128)
        number >>= 7
    return bytes([*parts, number])


def whole(number):
    return varint((number << 1) ^ (number >> 63))


@given(one=WHOLE, other=WHOLE, text=st.binary(max_size=300))
def test_numbers_and_texts_are_read_by_the_numbers_of_their_fields(one, other, text):
    content = b"\x16" + whole(one) + b"\x26" + whole(other) + b"\x18" + varint(len(text)) + text + b"\0"
    assert read_struct(content + b"more") == ({1: one, 3: other, 4: text}, len(content))


def test_a_field_far_away_says_its_number():
    assert read_struct(b"\x05" + whole(100) + whole(7) + b"\0")[0] == {100: 7}


@pytest.mark.parametrize(
    ("content", "value"),
    [
        (b"\x11\0", True),
        (b"\x12\0", False),
        (b"\x13\x07\0", 7),
        (b"\x17" + struct.pack("<d", 2.5) + b"\0", struct.pack("<d", 2.5)),
        (b"\x19\x25" + whole(-3) + whole(4) + b"\0", [-3, 4]),
        (b"\x19\xf5" + varint(20) + whole(1) * 20 + b"\0", [1] * 20),
        (b"\x19\x21\x01\x02\0", [1, 2]),
        (b"\x1c\x15\x02\0\0", {1: 1}),
    ],
)
def test_a_value_of_every_type_is_read(content, value):
    assert read_struct(content) == ({1: value}, len(content))


@pytest.mark.parametrize(
    "content", [b"", b"\x15", b"\x15\x80", b"\x1b\x00\0", b"\x1c" * 50, b"\x19\xfc\xff\xff\xff\x7f"]
)
def test_what_is_no_struct_is_refused(content):
    with pytest.raises(ValueError, match="of Thrift"):
        read_struct(content)


@given(content=st.binary(max_size=80))
def test_whatever_the_bytes_it_is_a_struct_or_refused(content):
    with suppress(ValueError):
        assert read_struct(content)[1] > 0
