import pytest

from flows.pages import points
from flows.state.figures import figures_of
from flows.state.home import Home
from nn.intervals import wilson
from work import judged, made_up


@pytest.fixture
def batches(tmp_path):
    """Two batches of one time: 100 rows, 10 of them rejected, and 300 rows, 200 judged."""
    home = Home(tmp_path)
    made_up(home, "a", rows=100, rejected=10)
    record = made_up(home, "b", rows=300)
    lines = [("judged_rows", how, 100, 100) for how in ("told", "reviewed")]
    lines += [("accuracy_told", None, 0.9, 100), ("expected_accuracy_told", None, 0.95, 100)]
    lines += [("accuracy_reviewed", None, 0.1, 100), ("expected_accuracy_reviewed", None, 0.4, 100)]
    judged(home, "b", record, *lines)
    return [figures_of(home, "a"), figures_of(home, "b")]


def test_rows_are_the_mean_between_the_smallest_and_the_largest_batch(batches):
    assert points.rows(batches)[:3] == (200, 100, 300)


def test_a_share_is_of_all_rows_together_with_its_interval(batches):
    found = points.share(batches, lambda batch: (batch.rejected, batch.rows))
    assert found[:3] == (10 / 400, *wilson(10, 400))
    assert found.said == "2.5% of 400 rows (1.36% to 4.54%)"
    assert points.share(batches, lambda batch: (0, 0)) is None


def test_accuracy_is_of_rows_that_nobody_picked_beside_what_was_expected_of_them(batches):
    found, expected = points.accuracy(batches)
    assert (found[:3], expected) == ((0.9, *wilson(90, 100)), 0.95)
    assert points.accuracy(batches[:1]) is None


def test_drift_is_that_of_the_batch_that_drifted_most_and_names_the_feature(batches):
    more = batches[0]._replace(drift=0.5, drifted="hue")
    assert points.drift([*batches, more]) == (0.5, 0.01, 0.5, "0.50 in hue")
