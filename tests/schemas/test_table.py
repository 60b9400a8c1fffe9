from __future__ import annotations

import importlib
import sys

import pytest

import schemas.tables
from schemas.errors import TableError
from schemas.table import get_table, table_names

PEBBLES = """
import pandera.pandas as pa
from schemas.table import Table

class Pebbles(pa.DataFrameModel):
    weight: float = pa.Field(gt=0)
    width: float = pa.Field(ge=1, lt=9)
    colour: float

TABLE = Table(name="pebbles", model=Pebbles, label="river", classes={20: "tanaro", 10: "belbo"})
"""


@pytest.fixture
def pebbles(tmp_path, monkeypatch):
    (tmp_path / "pebbles.py").write_text(PEBBLES)
    (tmp_path / "_notes.py").write_text("")
    monkeypatch.setattr(schemas.tables, "__path__", [*schemas.tables.__path__, str(tmp_path)])
    importlib.invalidate_caches()
    yield get_table("pebbles")
    del sys.modules["schemas.tables.pebbles"], schemas.tables.pebbles


def test_a_table_is_found_by_its_name():
    assert get_table("wine").name == "wine"


def test_the_same_name_gives_the_same_table():
    assert get_table("wine") is get_table("wine")


@pytest.mark.parametrize("name", ["cheese", "results", "_table", "", "wine.py", "../wine"])
def test_an_unknown_name_is_refused_with_the_names_there_are(name):
    with pytest.raises(TableError, match=r"no such table.*wine"):
        get_table(name)


def test_every_table_there_is_can_be_had():
    assert [get_table(name).name for name in table_names()] == list(table_names())


def test_a_new_module_is_a_new_table(pebbles):
    assert {"pebbles", "wine"} <= set(table_names())


def test_modules_with_a_leading_underscore_are_no_tables(pebbles):
    assert not any(name.startswith("_") for name in table_names())


def test_classes_stand_in_the_order_of_their_ids(pebbles):
    assert pebbles.class_ids == (10, 20)
    assert pebbles.class_names == ("belbo", "tanaro")
    assert [pebbles.class_index(text) for text in ("belbo", "tanaro", "po")] == [0, 1, -1]


def test_a_feature_without_a_bound_is_not_bounded(pebbles):
    assert pebbles.features == ("weight", "width", "colour")
    infinite = float("inf")
    assert pebbles.bounds == {"weight": (0, infinite), "width": (1, 9), "colour": (-infinite, infinite)}


def test_a_table_that_cannot_be_obeyed_is_refused_when_it_is_got(tmp_path, monkeypatch):
    (tmp_path / "stones.py").write_text(PEBBLES.replace("gt=0", "gt=0, unique=True"))
    monkeypatch.setattr(schemas.tables, "__path__", [*schemas.tables.__path__, str(tmp_path)])
    importlib.invalidate_caches()
    for _ in range(2):
        with pytest.raises(TableError, match="found unique of weight;"):
            get_table("stones")
