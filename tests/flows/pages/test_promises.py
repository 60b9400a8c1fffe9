import pytest

from flows.pages.link import Links
from flows.pages.promises import MOST, Promises
from flows.state.home import Home
from flows.state.overview import overview
from work import judged, made_up


@pytest.fixture
def home(tmp_path):
    return Home(tmp_path)


def held(home, name, how, right, *more, version=1, rows=100):
    """A batch of which so many rows were judged, 95 of a hundred expected right, all but two in their label sets."""
    lines = [
        ("judged_rows", how, rows, rows), (f"accuracy_{how}", None, right / rows, rows),
        (f"expected_accuracy_{how}", None, 0.95, rows), (f"coverage_{how}", None, 0.98, rows),
        ("promised_coverage", None, 0.97, rows), *more,
    ]  # fmt: skip
    judged(home, name, made_up(home, name, version=version), *lines)


def test_all_batches_of_a_version_are_pooled_by_how_their_truth_became_known(home):
    held(home, "a", "sampled", 95)
    held(home, "b", "sampled", 85)
    held(home, "c", "reviewed", 40)
    held(home, "other", "sampled", 0, version=2)
    made_up(home, "no truth")
    found = Promises.of(overview(home), "wine", 1)
    sampled, reviewed = found.by_how()
    assert (sampled["rows with truth"], sampled["rows"], sampled["expected"]) == ("drawn at random", "200", "95%")
    assert sampled["accuracy"] == "90% (85.1 to 93.4%)"
    assert sampled["in their label set"].startswith("98% (")
    assert (reviewed["rows with truth"], reviewed["accuracy"][:3]) == ("picked for review", "40%")
    assert found.promised == "The label set is to hold the truth of at least 97%. "


def test_batches_that_held_least_come_first_and_are_a_screen_at_most(home):
    for number in range(MOST + 2):
        held(home, f"{number}", "told", 80 + number)
    held(home, "broken", "told", 99, ("broken_promise", None, None, 9, "fewer right"))
    held(home, "reviewed", "reviewed", 1)
    worst = Promises.of(overview(home), "wine", 1).worst(Links(home, home.home_page))
    assert [row["batch"].text for row in worst] == ["broken", *(f"{number}" for number in range(MOST - 1))]
    assert [row["promises"] for row in worst[:2]] == ["broken", "held"]


def test_a_version_of_whose_labels_nothing_is_known_has_no_rows(home):
    made_up(home, "a")
    found = Promises.of(overview(home) | {"unreadable": None}, "wine", 1)
    assert (found.by_how(), found.promised) == ([], "")
