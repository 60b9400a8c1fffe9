from __future__ import annotations

import numpy as np
import pytest

from data.column_places import likeliest_places
from data.errors import SourceError
from data.heads import Head
from data.sniffing import sniff


def test_one_unknown_name_between_two_known_ones_is_known_by_its_place(place, renamed, table):
    assert place("flavanoids", flavanoids="V7") == 7
    assert "'V7' taken for flavanoids" in sniff(renamed(flavanoids="V7"), table).why


def test_columns_in_another_order_without_names_are_not_guessed(text_file, bottles, table):
    with pytest.raises(SourceError, match="not plausible in the features' order"):
        sniff(text_file(bottles.iloc[:, ::-1].to_csv(index=False, header=False)), table)


@pytest.fixture(scope="session")
def head(bottles):
    """The shipped rows without names, two columns of other things before them."""
    numbers = np.column_stack([np.zeros((178, 2)), bottles.drop(columns="cultivar").to_numpy(dtype=float)])
    return Head(("",) * 15, numbers.astype(str).tolist(), numbers)


def test_the_features_likeliest_begin_where_most_of_them_are_plausible(head, table):
    assert list(likeliest_places(head, table).items()) == [(name, at) for at, name in enumerate(table.features, 2)]


def test_a_table_too_narrow_for_the_features_has_no_place_for_them(table):
    assert likeliest_places(Head(("a", "b"), [], np.empty((0, 2))), table) == {}
