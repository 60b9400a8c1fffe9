from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from data.heads import Head
from data.plausible import look, share_within
from schemas.table_file import parse_table
from work import PENGUINS, TABLE

COUNT = len(TABLE.features)


def share(numbers):
    """The share of rows within of wine features in their order."""
    places = {name: at for at, name in enumerate(TABLE.features)}
    return share_within(Head(("",) * COUNT, numbers.astype(str).tolist(), numbers), places, TABLE)


@pytest.fixture
def numbers(bottles):
    return bottles.drop(columns="cultivar").to_numpy(dtype=float)[:10].copy()


def test_the_share_within_is_that_of_rows_none_of_whose_values_is_implausible(numbers):
    numbers[:3, 0], numbers[2:4, 5] = 99, np.nan
    assert share(numbers) == 0.7


def test_a_column_that_is_mostly_missing_is_not_plausible(numbers):
    numbers[:6, 3] = np.nan
    assert share(numbers) == 0


def test_a_row_that_is_missing_throughout_says_nothing(numbers):
    numbers[:4] = np.nan
    numbers[5, 0] = 99
    assert share(numbers) == 5 / 6


def test_of_no_rows_none_is_outside():
    assert share(np.empty((0, COUNT))) == 1


def test_a_cell_of_a_category_is_plausible_where_it_is_a_level_or_others_are_allowed():
    table = parse_table(PENGUINS, "table.toml", Path())
    texts = [["Biscoe", "male"], ["dream", "x"], ["Elba", ""], ["NA", "female"]]
    head = Head(("island", "sex"), texts, np.full((4, 2), np.nan))
    plausible, missing = look(head, "island", 0, table)
    assert (plausible.tolist(), missing.tolist()) == ([True, True, False, False], [False, False, False, True])
    plausible, missing = look(head, "sex", 1, table)
    assert (plausible.tolist(), missing.tolist()) == ([True] * 4, [False, False, True, False])


def test_a_number_that_may_be_missing_may_be_so_in_most_rows():
    table = parse_table(PENGUINS, "table.toml", Path())
    numbers = np.array([[40.0], [np.nan], [np.nan]])
    assert share_within(Head(("",), numbers.astype(str).tolist(), numbers), {"bill length": 0}, table) == 1
