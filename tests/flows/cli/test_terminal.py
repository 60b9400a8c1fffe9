import pytest

from work import WINE, is_refusal

WORDS = [["run"], ["train"], ["label", "wine.csv"], ["models", "list"], ["models", "show", "1"]]


def test_quiet_prints_nothing(wine_labels, home, here):
    for words in (["run"], ["label", "many"], ["train"], ["models", "list"], ["models", "show", "1"]):
        said = wine_labels(*words, "--quiet", "--home", home)
        assert (said.status, said.out, said.err) == (0, "", "")


@pytest.mark.parametrize("words", WORDS, ids=" ".join)
def test_an_unknown_table_is_refused_with_those_there_are(wine_labels, home, here, words):
    said = wine_labels(*words, "--table", "beer", "--home", home)
    assert (said.status, said.out) == (2, "")
    assert is_refusal(said.err)
    assert "'beer'" in said.err


@pytest.mark.parametrize("words", WORDS, ids=" ".join)
def test_a_home_that_is_a_file_is_refused(wine_labels, here, words):
    said = wine_labels(*words, "--home", "wine.csv")
    assert (said.status, said.out) == (2, "")
    assert is_refusal(said.err)


def test_the_home_is_the_option_else_the_environment_else_the_working_folder(wine_labels, home, here, monkeypatch):
    def champion(*words):
        return wine_labels("models", "--json", *words).document["champion"]

    assert champion() is None
    monkeypatch.setenv("WINE_LABELS_HOME", str(home))
    assert champion() == 1
    assert champion("--home", here) is None


def test_a_home_on_object_storage_is_refused_and_nothing_is_made(wine_labels, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    said = wine_labels("label", WINE, "--home", "s3://bucket/home")
    assert said.status == 2
    assert said.err.startswith("error: s3://bucket/home: no home; expected a folder, found an address of object")
    assert list(tmp_path.iterdir()) == []
