import tomllib

from hypothesis import given
from hypothesis import strategies as st

from schemas.toml_text import Part, write

TEXTS = st.text(st.characters(codec="utf-8"))  # control characters, quotes, backslashes and emoji among them
HARD = [
    "<=50K",
    "a|b",
    'q"uo"te',
    "back\\slash",
    "Ñ",
    "p_x",
    "😀",
    "'''",
    "#",
    "[x]",
    "a\tb",
    "\x7f",
    "\u202e",
    "",
    "é" * 300,
]


def test_every_hard_text_reads_back_equal():
    written = write(
        [Part("", (("all", HARD), *((f"k{at}", each) for at, each in enumerate(HARD))), tuple(HARD), ("x",))]
    )
    assert tomllib.loads(written) == {"all": HARD} | {f"k{at}": each for at, each in enumerate(HARD)}


@given(TEXTS, st.lists(TEXTS), st.lists(TEXTS), st.integers(-(2**63), 2**63 - 1), st.floats(allow_nan=False, width=64))
def test_any_text_list_and_number_reads_back_equal_whatever_the_comments_are(name, levels, notes, whole, number):
    entries = (("name", name), ("levels", levels), ("whole", whole), ("number", number))
    parts = [Part("", entries, tuple(notes)), Part("[[features]]", entries, (), tuple(notes), {"name": name})]
    once = {"name": name, "levels": levels, "whole": whole, "number": number}
    assert tomllib.loads(write(parts)) == once | {"features": [once]}


@given(st.lists(TEXTS))
def test_what_is_written_can_be_shown_as_it_is(texts):
    lines = write([Part("", (("all", texts),), tuple(texts), tuple(texts), {"all": "".join(texts)})]).split("\n")
    assert all(line.isprintable() for line in lines)


def test_doubts_stand_above_the_keys_and_are_told_from_notes():
    part = Part("[label]", (("name", "a"),), ("by its name",), ("or another",), {"name": "3 rows"})
    assert write([part]) == '[label]\n# by its name\n# unsure: or another\nname = "a"  # 3 rows\n'
