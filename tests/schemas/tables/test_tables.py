from __future__ import annotations

import pytest

from schemas.errors import TableError
from schemas.tables import DEFAULT, get_table, table_names, table_of_reference
from work import PENGUINS


def test_the_wine_table_is_the_one_that_comes_with_the_program():
    assert DEFAULT == "wine"
    assert get_table("wine") is get_table("wine")
    assert [get_table(name).name for name in table_names()] == list(table_names())
    assert get_table("wine").packaged


@pytest.mark.parametrize("name", ["cheese", "results", "_table", "", "wine.py", "../wine"])
def test_an_unknown_name_is_refused_with_the_names_there_are(name):
    with pytest.raises(TableError, match=r"no such table.*wine"):
        get_table(name)


def test_a_table_is_named_by_its_file_its_module_or_its_name(tmp_path):
    (tmp_path / "birds.toml").write_text(PENGUINS)
    assert table_of_reference(str(tmp_path / "birds.toml")).name == "penguins"
    assert table_of_reference("wine") is get_table("wine")
    with pytest.raises(TableError, match=r"no table; found a str; make one with"):
        table_of_reference("work:PENGUINS")
