from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from data.stated import join_stated, split_stated

NAMES = st.lists(st.text(st.characters(exclude_categories=["Cc", "Cs"]), min_size=1), min_size=1)


@given(NAMES)
def test_what_is_stated_is_split_into_what_it_was_joined_of(names):
    assert split_stated(join_stated(names)) == tuple(names)


def test_names_without_commas_or_quotes_stand_as_they_are():
    assert join_stated(["truth", "hue", "-"]) == "truth,hue,-"
    assert split_stated("") is None
