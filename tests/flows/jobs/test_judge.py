import shutil

import pyarrow.parquet as pq
import pytest

from data.errors import SourceError
from flows.jobs.judge import judge
from flows.state.home import Home
from flows.state.judgement import judged_document, judgement_of, unjudged
from flows.state.report import Report
from flows.state.tellings import Tellings
from schemas.results import judged_schema
from schemas.telling import Judgement
from work import LINES, bottles, deliver, label, published, snapshot, train, truth_of, write

SHARED = ("accuracy", "accuracy_low", "accuracy_high", "accuracy_unseen", "log_loss")


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    """A home whose version knows a third of the bottles alone, and badly."""
    home = Home(tmp_path_factory.mktemp("judged"))
    part = write(home.folder / "part.csv", *LINES[::3])
    train(home, part)
    return home


@pytest.fixture
def home(trained, tmp_path):
    home = Home.at(shutil.copytree(trained.folder, tmp_path / "home"))
    label(bottles(tmp_path / "all.csv"), home)
    return home


def tell(home, path, *places, how="told", **otherwise):
    lines = [f"all,{place},{otherwise.get(f'B{place:03}', truth_of(place))},{how}" for place in places]
    return deliver(write(path, *lines, header="batch,row,truth,how"), home, trust_labels=True)


def judged(home, batch="all"):
    return judge(home, batch, Tellings.of(home)), judgement_of(home, batch)


def test_truth_in_three_deliveries_in_any_order_gives_the_figures_of_a_file_with_that_truth(home, tmp_path):
    places = [place for place in range(178) if place % 5 < 3]
    lines = [line if place in places else "," + line.split(",", 1)[1] for place, line in enumerate(LINES)]
    label(write(tmp_path / "full.csv", *lines), home)
    expected, before = Report.read(home.report("full")), published(home)
    for order in ((0, 1, 2), (2, 0, 1), (1, 2, 0)):
        shutil.rmtree(home.truth("").parent, ignore_errors=True)
        for part in order:
            tell(home, tmp_path / f"{part}.csv", *places[part::3])
        status, found = judged(home)
        assert status == "judged"
        assert [found.value(name) for name in SHARED] == pytest.approx([expected.value(name) for name in SHARED])
        assert found.confusion() == expected.confusion()
        shutil.rmtree(home.judged("").parent)
    shutil.rmtree(home.truth("").parent)
    assert published(home) == before


def test_judged_twice_nothing_is_written(home, tmp_path):
    tell(home, tmp_path / "a.csv", 1, 2, 3)
    assert judged(home)[0] == "judged"
    before = snapshot(home.folder)
    assert judged(home)[0] == "unchanged"
    assert snapshot(home.folder) == before


def test_more_truth_or_other_labels_are_judged_again(home, tmp_path):
    tell(home, tmp_path / "a.csv", 1, 2, 3)
    assert unjudged(home, Tellings.of(home)) == ["all"]
    judged(home)
    assert unjudged(home, Tellings.of(home)) == []
    tell(home, tmp_path / "b.csv", 4, 5)
    assert unjudged(home, Tellings.of(home)) == ["all"]
    assert judged(home)[1].value("judged") == 5
    train(home, seed=1, promote=True)
    label(tmp_path / "all.csv", home, replace=True)
    assert unjudged(home, Tellings.of(home)) == ["all"]
    assert judged(home)[0] == "judged"
    assert pq.read_table(home.judged("all"))["model_version"].unique().to_pylist() == [2]


def test_the_newest_telling_of_a_row_counts(home, tmp_path):
    right = judged_after(home, tell(home, tmp_path / "a.csv", 1, 2, 3))
    wrong = judged_after(home, tell(home, tmp_path / "b.csv", 2, B002="barbera"))
    assert right.value("accuracy") > wrong.value("accuracy")
    assert (wrong.value("contradicted"), wrong.value("judged")) == (1, 3)


def judged_after(home, _told):
    return judged(home)[1]


def test_a_row_that_was_drawn_at_random_once_stays_so(home, tmp_path):
    tell(home, tmp_path / "a.csv", 1, 2, how="sampled")
    tell(home, tmp_path / "b.csv", 2, 4, how="reviewed")
    ways = judged_document("all", judged(home)[1])["ways"]
    assert {way: found["rows"] for way, found in ways.items()} == {"sampled": 2, "reviewed": 1}


def test_what_the_input_says_itself_counts_until_something_is_told(home, tmp_path):
    label(write(tmp_path / "full.csv", *LINES[1::9]), home)
    ways = judged_document("full", judged(home, "full")[1])["ways"]
    assert {way: found["rows"] for way, found in ways.items()} == {"input": 20}
    deliver(write(tmp_path / "c.csv", "full,3,barbera", header="batch,row,truth"), home)
    found = judged(home, "full")[1]
    assert judged_document("full", found)["ways"].keys() == {"told", "input"}
    assert found.confusion()["barbera", "barolo"] == 1


def test_without_truth_there_is_nothing_to_judge(home):
    assert judged(home) == ("no truth", None)
    with pytest.raises(SourceError, match="no labels of a batch 'none'"):
        judge(home, "none", Tellings.of(home))


def test_a_batch_labelled_from_other_bytes_keeps_the_truth_of_its_ids(home, tmp_path):
    deliver(write(tmp_path / "a.csv", f"B003,{truth_of(3)}", f"B150,{truth_of(150)}", header="id,truth"), home)
    deliver(write(tmp_path / "b.csv", f"all,9,{truth_of(9)}", header="batch,row,truth"), home)
    label(bottles(tmp_path / "all.csv", *range(177, 9, -1), 3), home, replace=True)
    found = judged(home)[1]
    assert (found.value("judged"), found.value("other_bytes")) == (2, 1)


def test_what_is_judged_is_of_the_schema_and_says_what_it_is_drawn_from(home, tmp_path):
    done = tell(home, tmp_path / "a.csv", 1, 2, 3)
    judged(home)
    assert pq.read_schema(home.judged("all")).remove_metadata().equals(judged_schema().remove_metadata())
    assert len(Judgement.read(home.judged("all")).deliveries) == 64
    assert pq.read_table(home.judged("all"))["judged_at"].unique() == pq.read_table(done.truth)["told_at"].unique()


def test_where_the_version_is_gone_no_row_is_called_unseen(home, tmp_path):
    tell(home, tmp_path / "a.csv", 1, 2, 4)
    assert judged(home)[1].count("accuracy_unseen") == 3
    shutil.rmtree(home.models)
    shutil.rmtree(home.judged("").parent)
    assert judged(home)[1].count("accuracy_unseen") == 0


def test_rows_that_were_trained_on_are_apart_however_their_truth_is_known(home, tmp_path):
    tell(home, tmp_path / "a.csv", 0, 3, 5, 7, how="sampled")  # 0 and 3 are among the third that was trained on
    ways = judged_document("all", judged(home)[1])["ways"]
    assert {way: found["rows"] for way, found in ways.items()} == {"sampled": 2, "trained": 2}
    label(write(tmp_path / "full.csv", *LINES), home)
    found = judged(home, "full")[1]
    assert {way: rows["rows"] for way, rows in judged_document("full", found)["ways"].items()} == {
        "input": 118,
        "trained": 60,
    }
    report = Report.read(home.report("full"))
    assert (found.value("accuracy_unseen"), found.count("accuracy_unseen")) == (
        report.value("accuracy_unseen"),
        report.count("accuracy_unseen"),
    )


@pytest.mark.parametrize(
    "damage", [lambda content: content[:-20], lambda content: content[:200] + b"!" + content[201:]]
)
def test_a_damaged_judged_file_is_made_again(home, tmp_path, damage):
    tell(home, tmp_path / "a.csv", 1, 2, 4)
    judged(home)
    whole = home.judged("all").read_bytes()
    home.judged("all").write_bytes(damage(whole))
    assert judged(home)[0] == "judged"
    assert home.judged("all").read_bytes() == whole


def test_what_was_judged_of_other_labels_goes_where_no_truth_fits_the_new_ones(home, tmp_path):
    path = bottles(tmp_path / "plain.csv", *range(9), ids=False)
    label(path, home)
    deliver(write(tmp_path / "a.csv", f"plain,3,{truth_of(3)}", header="batch,row,truth"), home)
    assert judged(home, "plain")[0] == "judged"
    label(bottles(path, *range(8, -1, -1), ids=False), home, replace=True)
    assert judged(home, "plain") == ("no truth", None)
    assert not home.judged("plain").exists()
