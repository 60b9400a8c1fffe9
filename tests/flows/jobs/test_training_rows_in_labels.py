"""What the training rows that are kept with a version say of a batch: rows seen before, drift, bottles unlike them."""

from dataclasses import replace

import numpy as np
import pyarrow.parquet as pq
import pytest

from flows.jobs.training_rows import write_rows
from flows.state.home import Home
from flows.state.training_table import FILE, read_rows
from models.store import ModelStore
from schemas.tables import get_table
from work import WINE, label, train


@pytest.fixture(scope="module")
def rows():
    table = np.genfromtxt(WINE, delimiter=",", skip_header=1)
    return table[:, 1:], table[:, 0].astype(np.intp) - 1


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    home = Home(tmp_path_factory.mktemp("home"))
    train(home, WINE)
    return home, ModelStore(home.models).load()


def report(home, batch):
    lines = pq.read_table(home.report(batch)).to_pylist()
    return {(line["metric"], line["label"]): (line["value"], line["count"], line["other"]) for line in lines}


def test_training_rows_come_back_from_their_file(trained, rows):
    _, version = trained
    x, classes = read_rows(replace(version, files={FILE: write_rows(get_table("wine").features, *rows)}))
    np.testing.assert_array_equal(x, rows[0])
    np.testing.assert_array_equal(classes, rows[1])


def test_accuracy_on_rows_never_seen_is_null_where_all_were_seen(trained):
    home, version = trained
    batch = label(WINE, home, version)
    assert (batch.accuracy, batch.accuracy_unseen) == (1.0, None)
    assert report(home, "wine")["accuracy_unseen", None] == (None, 0, None)
    assert report(home, "wine")["accuracy_seen", None] == (1.0, 178, None)


def test_rows_seen_and_unseen_are_judged_apart(tmp_path, trained):
    home, version = trained
    header, *lines = WINE.read_text().splitlines()
    new = [line.replace("1,14.23,", "1,14.24,") for line in lines[:1]]
    (tmp_path / "mixed.csv").write_text("\n".join([header, *new, *lines[1:]]) + "\n")
    batch = label(tmp_path / "mixed.csv", home, version)
    assert batch.accuracy_unseen == 1.0
    assert report(home, "mixed")["accuracy_unseen", None][1] == 1
    assert report(home, "mixed")["accuracy_seen", None][1] == 177


def test_without_truth_the_report_says_what_the_model_expects_of_itself(tmp_path, trained):
    home, version = trained
    lines = [line.partition(",")[2] for line in WINE.read_text().splitlines()]
    (tmp_path / "plain.csv").write_text("\n".join(lines) + "\n")
    label(tmp_path / "plain.csv", home, version)
    expected, count, _ = report(home, "plain")["expected_accuracy", None]
    assert 0.9 < expected < 1
    assert count == 178
    assert report(home, "plain")["accuracy", None][0] is None


def test_a_bottle_unlike_all_others_is_put_up_for_review(tmp_path, trained):
    home, version = trained
    header, *lines = WINE.read_text().splitlines()
    cells = lines[0].split(",")
    cells[4], cells[9] = "45", "9"  # an alcalinity and proanthocyanins beyond any of the 178
    (tmp_path / "odd.csv").write_text("\n".join([header, ",".join(cells), *lines[1:]]) + "\n")
    assert label(tmp_path / "odd.csv", home, version).review >= 1
    first = pq.read_table(home.labels("odd")).slice(0, 1).to_pylist()[0]
    assert first["review"]
    assert first["typicality"] < version.classifier.conformal.alarm


def drifts(home, batch):
    return {
        label: (value, other) for (metric, label), (value, _, other) in report(home, batch).items() if metric == "drift"
    }


def test_the_training_rows_themselves_have_not_drifted(trained):
    home, version = trained
    label(WINE, home, version, batch="same")
    found = drifts(home, "same")
    assert list(found) == list(version.classifier.features)
    assert max(index for index, _ in found.values()) == pytest.approx(0)
    assert {words for _, words in found.values()} == {"small"}


def test_a_feature_that_is_shifted_has_drifted_and_no_other(tmp_path, trained):
    home, version = trained
    header, *lines = WINE.read_text().splitlines()
    rows = [line.split(",") for line in lines]
    shifted = [",".join([*row[:4], f"{float(row[4]) + 15:.1f}", *row[5:]]) for row in rows]
    (tmp_path / "shifted.csv").write_text("\n".join([header, *shifted]) + "\n")
    label(tmp_path / "shifted.csv", home, version)
    words = {name: words for name, (_, words) in drifts(home, "shifted").items()}
    assert words.pop("alcalinity_of_ash") == "large"
    assert set(words.values()) == {"small"}
