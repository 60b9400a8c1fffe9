from dataclasses import fields

import pytest

from flows.jobs.batch import Trained
from work import HEADER, LINES, is_refusal

WHOLE = [HEADER, *LINES]

TRAINED_KEYS = ["version", "promoted", "reason", "rows", "training_accuracy", "cv_accuracy", "sha256"]


def test_train_prints_both_accuracies_by_name(wine_labels, tmp_path):
    said = wine_labels("train", "--home", tmp_path)
    assert said.status == 0
    assert said.out.startswith("version 1 from 178 rows is champion")
    assert [line.split("%")[0].split()[:-1] for line in said.out.splitlines()[1:]] == [
        ["accuracy", "cross-validated"],
        ["accuracy", "on", "the", "training", "rows"],
    ]


def test_json_of_train_has_exactly_the_keys_promised(wine_labels, home, here):
    said = wine_labels("train", "wine.csv", "--seed", "4", "--json", "--home", home)
    assert (said.status, said.err) == (0, "")
    assert list(said.document) == TRAINED_KEYS == [each.name for each in fields(Trained)]
    assert (said.document["version"], said.document["rows"]) == (2, 178)
    assert 0.9 < said.document["cv_accuracy"] < said.document["training_accuracy"] == 1


@pytest.mark.parametrize(
    ("name", "lines"),
    [
        ("unlabelled", [line.split(",", 1)[1] for line in WHOLE]),
        ("header-only", WHOLE[:1]),
        ("one-class", WHOLE[:40]),
        ("rejects-only", [WHOLE[0], *("1" + ",-1" * 13 for _ in range(9))]),
    ],
)
def test_a_table_that_cannot_be_trained_on_is_refused_and_leaves_no_version(wine_labels, tmp_path, name, lines):
    source = tmp_path / f"{name}.csv"
    source.write_text("\n".join(lines))
    said = wine_labels("train", source, "--home", tmp_path / "home")
    assert (said.status, said.out) == (2, "")
    assert is_refusal(said.err)
    assert not list(tmp_path.rglob("model.json"))


def test_train_takes_a_folder_of_several_tables(wine_labels, home, here):
    said = wine_labels("train", "many", "--json", "--home", home)
    assert (said.status, said.document["rows"]) == (0, 356)


def test_a_worse_version_is_trained_and_not_promoted_with_status_4(wine_labels, two_versions, worse):
    said = wine_labels("train", "--recipe", worse, "--home", two_versions)
    assert said.status == 4
    assert "version 3 from 178 rows was not promoted: worse than the champion" in said.out


def test_labels_that_contradict_the_champion_are_refused_unless_trusted(wine_labels, home, here):
    turned = [f"{int(line[0]) % 3 + 1},{line.partition(',')[2]}" for line in WHOLE[1:]]
    (here / "turned.csv").write_text("\n".join([WHOLE[0], *turned]) + "\n")
    said = wine_labels("train", "turned.csv", "--home", home)
    assert (said.status, said.out, is_refusal(said.err)) == (2, "", True)
    said = wine_labels("train", "turned.csv", "--trust-labels", "--json", "--home", home)
    assert (said.status, said.document["version"], said.document["promoted"]) == (4, 2, False)
    assert "learned from all the same: version 1 agrees with 0% of them" in said.document["reason"]
