from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from flows.state.home import Home
from flows.state.version_table import table_of
from models.errors import ModelError
from models.store import ModelStore
from schemas.tables import get_table
from work import PENGUINS, TABLE


@pytest.fixture
def version(trained_home):
    return ModelStore(Home.at(trained_home).models).load()


def test_a_version_of_the_wine_table_is_of_the_one_that_comes_with_the_program(version, trained_home):
    assert table_of(version, Home.at(trained_home)) is get_table("wine")


def test_a_version_is_of_the_table_it_carries_whatever_bounds_are_declared_since(version, tmp_path):
    carried = TABLE.text.replace("maximum = 25", "maximum = 24")
    (tmp_path / "table.toml").write_text(TABLE.text.replace("maximum = 25", "maximum = 23"))
    version = replace(version, files={"table.toml": carried.encode()})
    assert table_of(version, Home(tmp_path)).bounds["alcohol"] == (5, 24)


@pytest.mark.parametrize("text", [b"\xff", b"name = 1"])
def test_a_table_that_cannot_be_read_is_damage(version, trained_home, text):
    with pytest.raises(ModelError, match=r"table\.toml"):
        table_of(replace(version, files={"table.toml": text}), Home.at(trained_home))


def test_another_table_is_refused_by_what_differs(version, tmp_path):
    (tmp_path / "table.toml").write_text(PENGUINS)
    with pytest.raises(ModelError, match=r"^version 1 is not for the table penguins; found the table 'wine', declared"):
        table_of(version, Home(Path(tmp_path)))
