import shutil

import pytest

from work import WINE, train


@pytest.fixture(scope="session")
def trained_twice(trained_home, tmp_path_factory):
    folder = tmp_path_factory.mktemp("twice") / "home"
    train(shutil.copytree(trained_home, folder), WINE, seed=1)
    return folder


@pytest.fixture
def two_versions(trained_twice, tmp_path):
    """A home with two versions, the second of which is champion."""
    return shutil.copytree(trained_twice, tmp_path / "two")
