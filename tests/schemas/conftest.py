"""What the tests of the room share: the wine table, the rows it was made for, and labels as they are published."""

from __future__ import annotations

import shutil

import pytest
from sklearn.datasets import load_wine

from flows.state.home import Home
from schemas.tables import get_table
from work import WINE, label


@pytest.fixture(scope="session")
def wine():
    return get_table("wine")


@pytest.fixture(scope="session")
def shipped(wine):
    return load_wine(as_frame=True).data.set_axis(list(wine.features), axis=1)


@pytest.fixture
def bottles(shipped):
    return shipped.copy()


@pytest.fixture(scope="session")
def published(trained_home, tmp_path_factory):
    """Labels as they are published: a batch, one with rejects, one whose rows are all rejected."""
    home = Home.at(shutil.copytree(trained_home, tmp_path_factory.mktemp("contract") / "home"))
    text = WINE.read_text()
    for name, content in (("a", text), ("some", text.replace("14.23", "99")), ("none", text.replace(",", ",9999", 1))):
        source = home.folder / f"{name}.csv"
        source.write_text(content if name != "none" else text.splitlines()[0] + "\n" + "1" + ",-1" * 13 + "\n")
        label(source, home, max_rejects=1, batch=name)
    return home.labels("a").parent


@pytest.fixture
def folder(published, tmp_path):
    return shutil.copytree(published, tmp_path / "labels")
