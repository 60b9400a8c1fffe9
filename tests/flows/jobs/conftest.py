import pytest

import work
from flows.state.home import Home


@pytest.fixture(scope="session")
def cellar(tmp_path_factory):
    """A home in which version 1 has been trained."""
    return Home(tmp_path_factory.mktemp("cellar"))


@pytest.fixture(scope="session")
def trained(cellar):
    """What came of its training."""
    return work.train(cellar)


@pytest.fixture(scope="session")
def version(cellar, trained):
    return work.champion(cellar.folder)


@pytest.fixture(scope="session")
def other_version(tmp_path_factory):
    home = Home(tmp_path_factory.mktemp("other"))
    work.train(home, seed=1)
    return work.champion(home.folder)


@pytest.fixture
def home(tmp_path):
    """A home with nothing in it."""
    return Home(tmp_path / "home")
