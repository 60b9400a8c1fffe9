import shutil

import pytest

from flows.state.home import Home
from work import bottles, is_refusal, label, truth_of, write


@pytest.fixture
def home(trained_home, tmp_path):
    home = Home.at(shutil.copytree(trained_home, tmp_path / "home"))
    label(bottles(tmp_path / "all.csv"), home)
    return home


@pytest.fixture
def told(tmp_path):
    lines = [f"B{place:03},{truth_of(place)}" for place in range(0, 178, 6)]
    return write(tmp_path / "told.csv", *lines, "X1,barolo", header="id,truth")


def test_truth_is_added_and_what_labels_came_to_is_shown(wine_labels, home, told):
    done = wine_labels("truth", "add", str(told), "--home", str(home.folder))
    assert done.status == 0
    assert "truth of 30 rows of all" in done.out
    assert "left out: 1 row (no labelled row has that id or number)" in done.out
    assert "all: the truth of 30 of 178 labelled rows is known" in done.out


def test_as_a_document_it_says_the_same(wine_labels, home, told):
    done = wine_labels("truth", "add", str(told), "--home", str(home.folder), "--json").document
    assert (done["deliveries"][0]["told"], done["deliveries"][0]["left_out"]) == (30, {"unknown": 1})
    (judged,) = done["judged"]
    assert (judged["batch"], judged["labelled"], judged["judged"], judged["broken_promises"]) == ("all", 178, 30, [])
    again = wine_labels("truth", "add", str(told), "--home", str(home.folder), "--json").document
    assert again["deliveries"][0]["status"] == "unchanged"
    assert wine_labels("truth", "report", "--home", str(home.folder), "--json").document["judged"] == [judged]


def test_one_refused_file_stops_no_other(wine_labels, home, told, tmp_path):
    bad = write(tmp_path / "bad.csv", "B003,1", header="id,class")
    done = wine_labels("truth", "add", str(bad), str(told), "--home", str(home.folder))
    assert done.status == 3
    assert is_refusal(done.err)
    assert "truth of 30 rows" in done.out


@pytest.mark.parametrize(
    "words",
    [["truth", "add", "none.csv"], ["truth", "report", "none"], ["truth", "add", "told.csv", "--batch", "none"]],
)
def test_what_is_not_there_is_refused_in_a_line(wine_labels, home, told, monkeypatch, words):
    monkeypatch.chdir(told.parent)
    done = wine_labels(*words, "--home", str(home.folder))
    assert done.status == 2
    assert is_refusal(done.err)


def test_without_truth_the_report_says_how_to_come_by_some(wine_labels, home):
    done = wine_labels("truth", "report", "--home", str(home.folder))
    assert (done.status, done.out) == (0, "no truth yet; add some with `wine-labels truth add FILE`\n")


def test_a_truth_file_is_not_labelled_and_the_refusal_says_what_to_do(wine_labels, home, told):
    done = wine_labels("label", str(told), "--home", str(home.folder))
    assert done.status == 2
    assert "use `wine-labels truth add`" in done.err


def test_to_learn_from_truth_there_must_be_some(wine_labels, home):
    done = wine_labels("train", "--truth", "--home", str(home.folder))
    assert done.status == 2
    assert is_refusal(done.err)
    assert "no truth to learn from" in done.err


def test_where_labels_cannot_be_judged_what_was_told_is_kept(wine_labels, home, told):
    home.judged("any").parent.write_text("in the way")
    done = wine_labels("truth", "add", str(told), "--home", str(home.folder))
    assert done.status == 3
    assert is_refusal(done.err)
    assert len([*home.truth("").parent.iterdir()]) == 1


def test_a_report_of_no_batch_at_all_is_an_error_in_the_document_too(wine_labels, home):
    done = wine_labels("truth", "report", "none", "--home", str(home.folder), "--json")
    assert done.status == 2
    assert "no labels of a batch 'none'" in done.document["error"]
