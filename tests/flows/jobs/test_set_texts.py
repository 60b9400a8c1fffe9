from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.jobs.set_texts import is_listed, sets_as_text
from schemas.label_set import split_names


@pytest.mark.parametrize("count", [2, 3, 6, 7, 20])
@given(st.data())
def test_a_row_has_the_names_of_its_classes(count, data):
    names = [f"class|{at}" for at in range(count)]
    rows = data.draw(st.lists(st.sets(st.integers(0, count - 1), min_size=1), max_size=9))
    sets = np.array([[at in row for at in range(count)] for row in rows], dtype=bool).reshape(len(rows), count)
    column = sets_as_text(sets, names)
    assert [split_names(text) for text in column.to_pylist()] == [[names[at] for at in sorted(row)] for row in rows]
    assert column.type == pa.dictionary(pa.int32(), pa.string())


def test_of_few_classes_all_sets_are_listed_in_the_order_of_binary_numbers():
    column = sets_as_text(np.array([[True, False, False]]), ["a", "b", "c"])
    assert column.dictionary.to_pylist() == ["", "a", "b", "a|b", "c", "a|c", "b|c", "a|b|c"]
    assert [is_listed(["a"] * count) for count in (3, 6, 7)] == [True, True, False]
