from __future__ import annotations

from pathlib import Path

import pytest

from schemas.table_file import parse_table
from schemas.table_text import text_of
from schemas.tables import table_of_reference
from work import PENGUINS, TABLE

MODULE = """
import pandera.pandas as pa

from schemas.pandera_schema import table_of


class Birds(pa.DataFrameModel):
    mass: float = pa.Field(gt=0, lt=9)
    island: str = pa.Field(isin=["Biscoe", "Dream"])

    @pa.dataframe_check
    @classmethod
    def light_on_dream(cls, birds):
        return (birds["island"] != "Dream") | (birds["mass"] < 5)


TABLE = table_of(Birds, name="birds", label="kind", classes={1: "a", 2: "b"})
"""


@pytest.mark.parametrize("text", [PENGUINS, TABLE.text], ids=["penguins", "wine"])
def test_the_text_of_a_table_declares_the_same_table(text):
    table = parse_table(text, "table.toml", Path("/there"))
    again = parse_table(text_of(table), "table.toml", Path("/there"))
    for name in ("name", "columns", "label", "classes", "title", "row", "label_spellings", "id_spellings", "ignored"):
        assert getattr(again, name) == getattr(table, name)
    assert (again.lookalikes, again.shipped) == (table.lookalikes, table.shipped)
    assert {name: each for name, each in table.class_spellings.items() if each} == {
        name: each for name, each in again.class_spellings.items() if each
    }


def test_a_table_of_a_module_is_declared_with_the_place_of_its_rules(tmp_path, monkeypatch):
    (tmp_path / "my_birds.py").write_text(MODULE)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("sys.path", [*__import__("sys").path])
    table = table_of_reference("my_birds:TABLE")
    assert 'rules = "my_birds:TABLE"' in table.text
    assert (table.name, table.features, table.rules is not None) == ("birds", ("mass", "island"), True)
    assert [check.name for check in table.rules().checks] == ["light_on_dream"]
