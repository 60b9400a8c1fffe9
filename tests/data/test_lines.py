"""Lines are told by their bytes alone, and as any way of splitting them tells them."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data.lines import Lines

TEXTS = st.text(alphabet="a,\r\n", max_size=12).map(str.encode)


@settings(max_examples=100)
@given(TEXTS)
def test_there_are_as_many_as_splitting_the_text_gives(text):
    assert Lines.of(text).count == len(text.removesuffix(b"\n").split(b"\n")) - (not text)


@settings(max_examples=100)
@given(TEXTS)
def test_they_are_plain_where_no_cr_stands_alone(text):
    assert Lines.of(text).plain == (b"\r" not in text.replace(b"\r\n", b""))


@settings(max_examples=100)
@given(TEXTS.map(lambda text: text.replace(b"\r", b"")))
def test_what_they_begin_with_is_the_first_character_of_any(text):
    firsts = {line[:1] for line in text.splitlines(keepends=True)}
    found = {each for each in (b"a", b",", b"\n") if Lines.of(text).begin_with(each)}
    assert found == firsts


@pytest.mark.parametrize(("characters", "found"), [(b",\t", True), (b"xy", False), (b"", False)])
def test_any_of_several_characters_will_do(characters, found):
    assert Lines.of(b"1,2\n,3\n").begin_with(characters) == found
