from __future__ import annotations

import pytest

from data.errors import PublishError
from flows.state.home import Home
from schemas.errors import TableError
from schemas.tables import get_table
from work import PENGUINS


@pytest.fixture
def named(tmp_path):
    path = tmp_path / "birds.toml"
    path.write_text(f'# birds\nshipped = "birds.csv"\n{PENGUINS}')
    return str(path)


def test_a_home_that_declares_none_is_of_the_wine_table(tmp_path):
    home = Home.at(tmp_path / "home")
    assert home.table is get_table("wine")
    assert home.models == home.folder / "models" / "wine"
    home.settle()
    assert not home.folder.exists()


def test_the_table_is_what_the_home_declares_and_read_again_when_that_changes(tmp_path):
    (tmp_path / "table.toml").write_text(PENGUINS)
    home = Home.at(tmp_path)
    assert (home.table.name, home.models.name) == ("penguins", "penguins")
    assert home.table is home.table
    (tmp_path / "table.toml").write_text(PENGUINS.replace("80.5", "80.25"))
    assert home.table.bounds["bill length"] == (20, 80.25)


def test_a_table_that_is_named_is_kept_once_the_home_is_settled(tmp_path, named):
    home = Home.at(tmp_path / "home", named)
    assert home.table.name == "penguins"
    assert not home.folder.exists()
    home.settle()
    assert Home.at(tmp_path / "home").table.shipped == tmp_path / "birds.csv"
    assert (home.folder / "table.toml").read_text().startswith("# birds\n")
    assert Home.at(tmp_path / "home", named).table.name == "penguins"


def test_another_table_than_that_of_the_home_is_refused(tmp_path, named):
    home = Home.at(tmp_path / "home", named)
    home.settle()
    for other in (named, "wine"):
        (tmp_path / "birds.toml").write_text(PENGUINS.replace("80.5", "81"))
        with pytest.raises(TableError, match=r"^one home, one table; found penguins in .*declared otherwise than"):
            Home.at(tmp_path / "home", other)


def test_a_home_with_versions_of_another_table_is_refused(tmp_path, named):
    home = Home.at(tmp_path / "home")
    (home.models / "0001").mkdir(parents=True)
    assert Home.at(home.folder, "wine").table.name == "wine"
    with pytest.raises(TableError, match="one home, one table; found wine in"):
        Home.at(home.folder, named)
    (home.folder / "table.toml").write_text(PENGUINS)
    with pytest.raises(TableError, match=r"found versions of wine in .* declared is penguins; put its table.toml back"):
        home.settle()


def test_a_declaration_that_says_the_same_in_other_words_is_the_same(tmp_path, named):
    home = Home.at(tmp_path / "home", named)
    home.settle()
    (tmp_path / "birds.toml").write_text(f'shipped = "birds.csv"\n{PENGUINS}# said later\n')
    assert Home.at(tmp_path / "home", named).table.name == "penguins"


def test_a_link_that_leads_nowhere_is_no_home_of_wine(tmp_path):
    (tmp_path / "table.toml").symlink_to(tmp_path / "gone.toml")
    with pytest.raises(TableError, match="no table file; found No such file"):
        _ = Home.at(tmp_path).table


def test_a_table_that_cannot_be_kept_is_an_error(tmp_path, named):
    (tmp_path / "file").write_text("")
    with pytest.raises(PublishError, match="cannot be written to"):
        Home.at(tmp_path / "file" / "home", named).settle()
