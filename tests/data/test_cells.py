"""Cells of every type as numbers and as text."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from uuid import UUID

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.cells import LONGEST_ID, as_classes, as_it_stood, as_numbers, as_text, is_readable, shortened, unfit

IDENTITY = UUID("12345678-1234-5678-1234-567812345678")
TEXTS = {
    "whole floats": (pa.array([-0.0, 9007199254740992.0, 9.89317875657e11]), ["0", "9007199254740992", "989317875657"]),
    "floats": (pa.array([3.5, float("nan"), None, 1e300]), ["3.5", None, None, "1e+300"]),
    "huge floats": (pa.array([1e19, 1.5, None, float("inf")]), ["1" + "0" * 19, "1.5", None, "inf"]),
    "dates of no year": (pa.array([10**16], pa.date64()), [str(10**16)]),
    "half floats": (pa.array([1.5, 2], pa.float16()), ["1.5", "2"]),
    "uuid": (pa.array([IDENTITY.bytes, None], pa.uuid()), [str(IDENTITY), None]),
    "bytes": (pa.array([b"ab", b"caf\xe9", b" ", None]), ["ab", "caf\\xe9", None, None]),
    "bytes of one length": (pa.array([b"ab"], pa.binary(2)), ["ab"]),
    "text view": (pa.array(["a", ""], pa.string_view()), ["a", None]),
    "large text": (pa.array(["a"], pa.large_string()), ["a"]),
    "dictionary": (pa.array(["a", "b", "a"]).dictionary_encode(), ["a", "b", "a"]),
    "truth values": (pa.array([True, None]), ["true", None]),
    "decimals": (pa.array([Decimal("1.50")]), ["1.50"]),
    "far dates": (pa.array([3_700_000], pa.date32()), ["12100-04-04"]),
    "a time zone that is not known": (pa.array([0], pa.timestamp("s", "Mars/Olympus")), ["1970-01-01 00:00:00Z"]),
    "times": (pa.array([dt.time(1, 2)]), ["01:02:00.000000"]),
    "nulls": (pa.nulls(2), [None, None]),
}  # fmt: skip


@pytest.mark.parametrize(("column", "texts"), TEXTS.values(), ids=TEXTS)
def test_cells_of_a_type_as_text(column, texts):
    assert is_readable(column.type)
    assert as_text(column).to_pylist() == texts
    assert as_classes(column).to_pylist() == texts


@pytest.mark.parametrize("kind", [pa.list_(pa.int8()), pa.struct([]), pa.duration("s"), pa.map_(pa.int8(), pa.int8())])
def test_types_that_are_neither_numbers_nor_text(kind):
    assert not is_readable(kind)


@given(number=st.integers(-(2**53), 2**53))
def test_a_whole_number_has_all_its_digits_whatever_type_holds_it(number):
    for kind in (pa.float64(), pa.int64()):
        assert as_text(pa.array([number], kind)).to_pylist() == [str(number)]


def test_numbers_of_every_type_and_null_for_what_is_none():
    for column in (
        pa.array([1, 2]),
        pa.array(["1", " 2 "]),
        pa.array([b"1", b"2"]),
        pa.array([Decimal(1), Decimal(2)]),
    ):
        assert as_numbers(column).to_pylist() == [1.0, 2.0]
    assert as_numbers(pa.array([b"\xff", b"x", None])).to_pylist() == [None] * 3


def test_cells_as_they_stood():
    places = pa.array([1, 0])
    assert as_it_stood(pa.array([14.0, None]), places) == [None, "14.0"]
    assert as_it_stood(pa.array(["", " a "]), places) == [" a ", ""]
    assert as_it_stood(pa.array([b"\xe9", b"b"]), places) == ["b", "\\xe9"]


def test_an_id_is_unfit_where_it_is_no_text_or_too_long():
    column = pa.array([b"a", b"caf\xe9", None, b"b" * (LONGEST_ID + 1), b"c" * LONGEST_ID])
    assert [(place, reason) for place, reason, _ in unfit(column)] == [
        (1, "an id that is not UTF-8"),
        (3, "an id of more than 1,000 bytes"),
    ]
    assert next(unfit(column))[2] == "caf\\xe9"


@pytest.mark.parametrize("column", [pa.array([1.5]), pa.array([IDENTITY.bytes], pa.uuid()), pa.array(["a", None])])
def test_other_ids_are_fit(column):
    assert [*unfit(column)] == []


@pytest.mark.parametrize("cells", [[b"a", b"caf\xe9", None], ["1", " 2", ""], [1.5, 2.0], [b"x" * 1001, b"y"]], ids=str)
def test_cells_that_stand_in_a_dictionary_are_read_as_others_are(cells):
    plain = pa.array(cells * 2)
    coded = plain.dictionary_encode()
    for read in (as_numbers, as_text, as_classes, as_it_stood):
        one, other = read(plain), read(coded)
        assert other == one if isinstance(one, list) else other.to_pylist() == one.to_pylist()
    assert [*unfit(coded)] == [*unfit(plain)]


def test_a_long_text_is_shortened_and_says_so():
    found = shortened(pa.array(["é" * 1001, "é" * 1000, None]))
    assert found.to_pylist() == ["é" * 1000 + "…", "é" * 1000, None]
