"""Printable text: whatever a name holds, it stays on its line and says what it is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.state.printable import LONGEST, in_markdown, printable

HOSTILE = {
    "a line break": ("a\nerror: all is well", r"a\nerror: all is well"),
    "an escape sequence": ("\x1b]0;title\x07", r"\x1b]0;title\x07"),
    "a control character of eight bits": ("a\x9b2Jb", r"a\x9b2Jb"),
    "a carriage return": ("a\rb", r"a\rb"),
    "a paragraph separator": ("a\u2029b", r"a\u2029b"),
    "right to left": ("a\u202efdp.csv", r"a\u202efdp.csv"),
    "no width": ("a\u200bb", r"a\u200bb"),
    "a byte that is no text": ("a\udce9b", r"a\udce9b"),
    "letters of any language": ("Größe 葡萄酒 50 %", "Größe 葡萄酒 50 %"),
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_what_could_forge_or_hide_is_shown_escaped(kind):
    text, shown = HOSTILE[kind]
    assert printable(text) == shown


@given(st.text(st.characters(), max_size=800))
def test_any_text_becomes_one_printable_line_of_bounded_length_and_stays_as_it_is_then(text):
    shown = printable(text)
    assert shown.isprintable()
    assert len(shown) <= LONGEST
    assert printable(shown) == shown


def test_a_long_text_keeps_its_beginning_and_its_end():
    shown = printable("the name " + "x" * 100_000 + " what to do")
    assert (len(shown), shown[:10], shown[-11:]) == (LONGEST, "the name x", " what to do")


@pytest.mark.parametrize("text", ["[a](http://b)", "![a](b)", "<img src=x>", "a|b", "`a`", "# a", "https://a", "&lt;"])
def test_in_markdown_a_text_is_nothing_but_text(text):
    shown = in_markdown(text)
    assert shown.replace("\\", "") == text
    assert not any(mark in shown.replace(f"\\{mark}", "") for mark in "[]<>|`#!&:")
