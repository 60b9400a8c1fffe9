"""What the tests of the room share: the wine table and the rows it was made for."""

from __future__ import annotations

import pytest
from sklearn.datasets import load_wine

from schemas._table import get_table


@pytest.fixture(scope="session")
def wine():
    return get_table("wine")


@pytest.fixture(scope="session")
def shipped(wine):
    return load_wine(as_frame=True).data.set_axis(list(wine.features), axis=1)


@pytest.fixture
def bottles(shipped):
    return shipped.copy()
