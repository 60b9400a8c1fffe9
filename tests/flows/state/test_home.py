from pathlib import Path

import pytest

from data.errors import PublishError
from flows.state.home import Home


def test_it_is_the_folder_named_else_that_of_the_environment_else_the_working_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert Home.at().folder == tmp_path
    monkeypatch.setenv("WINE_LABELS_HOME", "cellar")
    assert Home.at().folder == tmp_path / "cellar"
    assert Home.at("other").folder == tmp_path / "other"


def test_an_address_of_another_kind_is_no_home():
    with pytest.raises(PublishError, match="no home at ftp://bucket/home: an address of another kind; found ftp://"):
        Home.at("ftp://bucket/home")


def test_everything_lies_within_it_and_no_two_things_in_one_place(tmp_path):
    home = Home(tmp_path)
    files = [home.labels("a"), home.rejects("a"), home.report("a"), home.page("a"), home.home_page]
    folders = [home.inbox, home.refused, home.runs, home.prefect, home.staging, home.models]
    assert len({*files, *folders}) == len(files) + len(folders)
    assert all(tmp_path in Path(place).parents for place in (*files, *folders))


@pytest.mark.parametrize("batch", ["index", "Index", "INDEX"])
def test_no_batch_has_the_place_of_the_page_over_everything(tmp_path, batch):
    home = Home(tmp_path)
    assert home.page(batch).name == f"_{batch}.html"  # names of batches begin with no _
    assert home.page("versions/index") == home.pages / "versions" / "index.html"
