"""Ranges of row groups: all of them, in order, in the chunks of the whole file."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.footers import RowGroup
from data.row_ranges import RowRange, row_ranges, together

SIZES = st.lists(st.integers(0, 30), max_size=20)


def groups_of(sizes):
    return [RowGroup(size, {}) for size in sizes]


@given(sizes=SIZES, chunk=st.integers(1, 40), rows=st.integers(1, 100))
def test_the_ranges_are_the_file_and_their_chunks_are_its_own(sizes, chunk, rows):
    groups = groups_of(sizes)
    ranges = row_ranges(groups, chunk, rows)
    assert [each for one in ranges for each in together(groups[: one.groups[1]], chunk, one.groups[0])] == [
        *together(groups, chunk)
    ]
    assert all(one.end == other.start and one.groups[1] == other.groups[0] for one, other in pairwise(ranges))
    assert [one.end - one.start for one in ranges] == [sum(sizes[slice(*one.groups)]) for one in ranges]
    assert all(one.end - one.start >= rows for one in ranges[:-1])


@pytest.mark.parametrize(
    ("sizes", "expected"),
    [
        ([], []),
        ([9], [(0, 1)]),
        ([5, 5, 5, 5, 5], [(0, 2), (2, 4), (4, 5)]),
        ([2, 2, 2, 30, 1], [(0, 4), (4, 5)]),
    ],
)
def test_ranges_hold_as_many_rows_as_are_asked_for(sizes, expected):
    assert [one.groups for one in row_ranges(groups_of(sizes), 1, 8)] == expected


def test_a_range_is_shown_by_its_rows():
    assert str(RowRange((1, 2), 1_048_576, 2_097_152)) == "rows 1,048,576 to 2,097,151"
