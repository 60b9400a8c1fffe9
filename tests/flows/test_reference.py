import numpy as np
import pyarrow.parquet as pq
import pytest

from data.fingerprints import fingerprint
from data.sources import shipped_table
from flows import steps
from flows.home import Home
from flows.reference import Reference, in_words, read_rows, stability_index, write_rows
from models.store import ModelStore
from nn.intervals import wilson

WINE = shipped_table()
NAMES = tuple(f"f{at}" for at in range(13))


@pytest.fixture(scope="module")
def rows():
    table = np.genfromtxt(WINE, delimiter=",", skip_header=1)
    return table[:, 1:], table[:, 0].astype(np.intp) - 1


@pytest.fixture(scope="module")
def reference(rows):
    return Reference.of(NAMES, *rows, 3)


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    home = Home(tmp_path_factory.mktemp("home"))
    steps.train([WINE], home)
    return home, ModelStore(home.models("wine")).load()


def report(home, batch):
    lines = pq.read_table(home.report(batch)).to_pylist()
    return {(line["metric"], line["label"]): (line["value"], line["count"], line["other"]) for line in lines}


def test_training_rows_are_known_again_and_others_are_not(rows, reference):
    assert reference.seen(fingerprint(rows[0])).all()
    assert not reference.seen(fingerprint(rows[0] + 0.001)).any()


def test_the_stability_index_is_the_sum_by_hand():
    found, due = np.array([10, 30]), np.array([20, 20])
    a, b = (10.5 / 41, 30.5 / 41), (0.5, 0.5)
    by_hand = sum((x - y) * np.log(x / y) for x, y in zip(a, b, strict=True))
    assert stability_index(found, due) == pytest.approx(by_hand)


def test_the_same_rows_have_not_drifted(rows, reference):
    lines = list(reference.drift(reference.spread(rows[0]), np.bincount(rows[1])))
    assert max(line["value"] for line in lines) == pytest.approx(0)
    assert {line["other"] for line in lines if line["metric"] == "drift"} == {"small"}


def test_a_shifted_feature_has_drifted_and_no_other(rows, reference):
    x = rows[0].copy()
    x[:, 4] += 30
    lines = {line["label"]: line for line in reference.drift(reference.spread(x), np.bincount(rows[1]))
             if line["metric"] == "drift"}  # fmt: skip
    assert lines["f4"]["other"] == "large"
    assert {line["other"] for name, line in lines.items() if name != "f4"} == {"small"}


def test_rows_outside_the_training_range_are_counted(rows, reference):
    x = rows[0].copy()
    x[:10, 0] = 20
    assert reference.spread(x).outside.tolist() == [10] + [0] * 12


def test_spreads_of_parts_add_up(rows, reference):
    whole, parts = reference.spread(rows[0]), [reference.spread(part) for part in np.split(rows[0], [3, 100])]
    added = parts[0] + parts[1] + parts[2]
    np.testing.assert_array_equal(added.bins, whole.bins)
    np.testing.assert_array_equal(added.outside, whole.outside)


@pytest.mark.parametrize(("index", "word"), [(0.05, "small"), (0.1, "moderate"), (0.3, "large")])
def test_an_index_in_words(index, word):
    assert in_words(index) == word


def test_training_rows_come_back_from_their_file(rows):
    x, classes = read_rows(write_rows(NAMES, *rows))
    np.testing.assert_array_equal(x, rows[0])
    np.testing.assert_array_equal(classes, rows[1])


@pytest.mark.parametrize(("right", "count", "due"), [(0, 10, (0.0, 0.2775)), (9, 10, (0.5958, 0.9821))])
def test_wilsons_interval_is_that_of_the_tables(right, count, due):
    assert wilson(right, count) == pytest.approx(due, abs=1e-4)


def test_nothing_counted_is_no_knowledge():
    assert wilson(0, 0) == (0.0, 1.0)


def test_accuracy_on_rows_never_seen_is_null_where_all_were_seen(trained):
    home, version = trained
    batch = steps.label(WINE, "wine", home, version)
    assert (batch.accuracy, batch.accuracy_unseen) == (1.0, None)
    assert report(home, "wine")["accuracy_unseen", None] == (None, 0, None)
    assert report(home, "wine")["accuracy_seen", None] == (1.0, 178, None)


def test_rows_seen_and_unseen_are_judged_apart(tmp_path, trained):
    home, version = trained
    header, *lines = WINE.read_text().splitlines()
    new = [line.replace("1,14.23,", "1,14.24,") for line in lines[:1]]
    (tmp_path / "mixed.csv").write_text("\n".join([header, *new, *lines[1:]]) + "\n")
    batch = steps.label(tmp_path / "mixed.csv", "mixed", home, version)
    assert batch.accuracy_unseen == 1.0
    assert report(home, "mixed")["accuracy_unseen", None][1] == 1
    assert report(home, "mixed")["accuracy_seen", None][1] == 177


def test_without_truth_the_report_says_what_the_model_expects_of_itself(tmp_path, trained):
    home, version = trained
    lines = [line.partition(",")[2] for line in WINE.read_text().splitlines()]
    (tmp_path / "plain.csv").write_text("\n".join(lines) + "\n")
    steps.label(tmp_path / "plain.csv", "plain", home, version)
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
    assert steps.label(tmp_path / "odd.csv", "odd", home, version).review >= 1
    first = pq.read_table(home.labels("odd")).slice(0, 1).to_pylist()[0]
    assert first["review"]
    assert first["typicality"] < version.classifier.conformal.alarm
