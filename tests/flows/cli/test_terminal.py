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


def test_a_home_at_an_address_of_another_kind_is_refused_and_nothing_is_made(wine_labels, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    said = wine_labels("label", WINE, "--home", "ftp://bucket/home")
    assert said.status == 2
    assert said.err.startswith(
        "error: no home at ftp://bucket/home: an address of another kind; found ftp://; write s3://"
    )
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("words", ["review -o s3://b/sheet.csv", "models export 1 --onnx s3://b/w.onnx"])
def test_what_is_written_for_a_person_is_written_to_a_disk_alone(wine_labels, home, tmp_path, monkeypatch, words):
    monkeypatch.chdir(tmp_path)
    before = sorted(tmp_path.iterdir())
    said = wine_labels(*words.split(), "--home", home)
    assert said.status == 2
    assert ": nothing is written there; found an address; name a file on a disk and copy it" in said.err
    assert sorted(tmp_path.iterdir()) == before


@pytest.mark.parametrize("address", ["S3://b/h", "s3:/b/h", " s3://b/h"])
def test_what_is_nearly_an_address_is_no_folder(wine_labels, tmp_path, monkeypatch, address):
    monkeypatch.chdir(tmp_path)
    said = wine_labels("models", "--home", address)
    assert (said.status, said.out) == (2, "")
    assert said.err.startswith("error: no home at ")
    assert list(tmp_path.iterdir()) == []
