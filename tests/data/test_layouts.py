"""What a layout says; the layouts that tables circulate in are in `test_layouts_in_circulation.py`."""

from dataclasses import replace

import pytest

from data.layouts import Layout, with_truth
from data.truth import Truth


@pytest.fixture(scope="module")
def layout(table):
    features = {name: at for at, name in enumerate(table.features, 2)}
    columns = ("id", "price", *table.features, "cultivar", "")
    return Layout(columns, features, 15, (), 0, Truth.of(["1", "2"], table), None, "by name")


def test_columns_that_are_none_of_ours_are_ignored_by_name_or_by_number(layout):
    assert layout.ignored == ("price", "column 17")


def test_one_hot_columns_are_not_ignored(layout):
    assert replace(layout, label=None, one_hot=(1, 15, 16)).ignored == ()


def test_a_label_or_one_hot_labels_carry_truth_and_nothing_else_does(layout):
    assert layout.carries_truth
    assert replace(layout, label=None, one_hot=(14, 15, 16)).carries_truth
    assert not replace(layout, label=None).carries_truth


def test_truth_is_settled_by_all_the_texts_and_nothing_else_changes(layout):
    assert layout.truth.ambiguous
    settled = with_truth(layout, {"1", "2", "3"})
    assert settled.truth.base == 1
    assert replace(settled, truth=layout.truth) == layout
