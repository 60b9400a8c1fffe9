from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.label_set import is_escaped, join_names, split_names

NAMES = st.lists(st.text(st.sampled_from("a|\\ b\n"), min_size=1))


@given(NAMES)
def test_a_set_is_split_into_the_names_it_was_joined_of(names):
    assert split_names(join_names(names)) == names


@pytest.mark.parametrize(
    ("names", "text"), [(["barolo"], "barolo"), (["barolo", "barbera"], "barolo|barbera"), (["a|b", "\\"], r"a\|b|\\")]
)
def test_only_bars_and_backslashes_are_escaped(names, text):
    assert join_names(names) == text
    assert is_escaped(names) == ("\\" in text)
