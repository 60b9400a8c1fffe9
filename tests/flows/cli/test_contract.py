import pytest

from work import is_refusal, label


def test_the_contract_is_a_page_and_a_document(wine_labels):
    assert wine_labels("contract").out.startswith("# The contract, version 1\n")
    assert list(wine_labels("contract", "--json").document["files"]) == [
        "labels",
        "rejects",
        "reports",
        "truth",
        "judged",
    ]


def test_a_folder_of_ours_keeps_it_and_a_stray_file_breaks_it(wine_labels, home, bottles):
    label(bottles, home)
    folder = home / "data" / "labels"
    said = wine_labels("contract", "check", folder)
    assert (said.status, said.out) == (0, "1 file of labels, without a breach of the contract\n")
    (folder / "notes.txt").touch()
    said = wine_labels("contract", "check", folder, "--json")
    assert (said.status, len(said.document["findings"])) == (2, 1)
    assert "notes.txt: does not belong here" in said.err


@pytest.mark.parametrize("words", [[], ["--json"]])
def test_what_is_no_folder_is_refused(wine_labels, tmp_path, words):
    said = wine_labels("contract", "check", tmp_path / "none", *words)
    assert (said.status, is_refusal(said.err), bool(said.out)) == (2, True, bool(words))
