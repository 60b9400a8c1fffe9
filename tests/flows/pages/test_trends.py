from datetime import UTC, datetime

import pytest

from flows.pages.trends import Trends
from flows.state.figures import figures_of
from flows.state.home import Home
from work import judged, made_up

REIGNS = [(datetime(2025, 1, 1, tzinfo=UTC), 1), (datetime(2026, 1, 3, tzinfo=UTC), 2)]


@pytest.fixture
def place(tmp_path):
    return Home(tmp_path)


def test_each_thing_that_is_looked_at_has_a_timeline_with_marks_where_the_champion_changed(place):
    judged(place, "a", made_up(place, "a"), ("judged_rows", "told", 10, 10), ("accuracy_told", None, 0.7, 10))
    made_up(place, "b", day=3, rejected=60)
    found = [*Trends([figures_of(place, "a"), figures_of(place, "b")], REIGNS)]
    assert [each.title for each in found] == ["Rows", "Rejected", "To review", "Accuracy", "Drift"]
    assert all(each.marks == {0.5: "2"} for each in found)
    rejected, accuracy = found[1], found[3]
    assert (rejected.points[1], rejected.points[3].value, rejected.high) == (None, 0.6, 1.0)
    assert (accuracy.points[0].value, accuracy.expected, accuracy.low) == (0.7, [0.0, None, None, None], 0.0)
    assert all(each.draw("x") for each in found)


def test_without_any_truth_there_is_no_timeline_of_accuracy(place):
    made_up(place, "a")
    assert "Accuracy" not in [each.title for each in Trends([figures_of(place, "a")], [])]


def test_a_batch_of_no_rows_is_drawn_too(place):
    made_up(place, "a", rows=0, expected_accuracy=None)
    found = [*Trends([figures_of(place, "a")], [])]
    assert [each.title for each in found] == ["Rows", "Drift"]
    assert all(each.draw("x") for each in found)
