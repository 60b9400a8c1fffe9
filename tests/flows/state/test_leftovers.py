import os
import time

import pytest

from flows.state.home import Home
from flows.state.leftovers import DAY, sweep_leftovers


def made(path):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch()
    return path


@pytest.fixture
def home(tmp_path):
    return Home.at(tmp_path)


def of_a_batch(home, batch):
    return [made(place(batch)) for place in (home.page, home.judged, home.input)]


@pytest.mark.parametrize("batch", ["may", "index", "a.b", "Index"])
def test_of_a_batch_whose_labels_were_taken_away_pages_and_caches_go_and_truth_stays(home, batch):
    labels, truth = made(home.labels(batch)), made(home.truth(batch))
    results = [made(home.report(batch)), made(home.rejects(batch))]
    kept = [*of_a_batch(home, batch), labels, truth, *results, made(home.home_page)]
    sweep_leftovers(home)
    assert all(path.exists() for path in kept)
    labels.unlink()
    sweep_leftovers(home)
    left = {path for path in kept if path.exists()}
    assert left == {truth, *results, home.home_page}


def test_where_the_folder_of_labels_is_missing_nothing_is_removed(home):
    kept = of_a_batch(home, "may")
    sweep_leftovers(home)
    assert all(path.exists() for path in kept)


def test_pages_of_versions_that_are_gone_go(home):
    (home.models / "0002").mkdir(parents=True)
    pages = [made(home.page(f"versions/{name}")) for name in ("wine-0001", "wine-0002", "beer-0001", "notes")]
    sweep_leftovers(home)
    assert [path.exists() for path in pages] == [False, True, True, True]


def test_a_damaged_history_or_a_folder_in_the_place_of_a_page_stops_nobody(home):
    (home.models / "history.jsonl").mkdir(parents=True)
    made(home.page("versions/wine-0001"))
    made(home.labels("other"))
    home.page("may").mkdir(parents=True)
    sweep_leftovers(home)
    assert home.page("may").exists()


def test_parts_that_killed_runs_left_go_a_day_later(home):
    old, new = (made(home.part("may", name)) for name in ("old", "new"))
    os.utime(old, (time.time() - DAY - 1,) * 2)
    sweep_leftovers(home)
    assert (old.exists(), new.exists()) == (False, True)
