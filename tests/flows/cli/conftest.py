import pytest

from flows.state.home import Home
from work import WINE, train


@pytest.fixture
def two_versions(tmp_path):
    """A home with two versions, the second of which is champion."""
    home = Home(tmp_path / "two")
    for seed in (0, 1):
        train(home, WINE, seed=seed)
    return home.folder
