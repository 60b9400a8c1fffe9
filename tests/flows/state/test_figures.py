import pytest

from flows.state.figures import Judged, figures_of, pooled
from flows.state.home import Home
from work import judged, label, made_up

HELD = [
    ("judged_rows", "sampled", 40, 40), ("judged_rows", "reviewed", 10, 10), ("judged_rows", "told", 0, 0),
    ("accuracy_sampled", None, 0.95, 40), ("expected_accuracy_sampled", None, 0.9, 40),
    ("coverage_sampled", None, 1.0, 40), ("accuracy_reviewed", None, 0.5, 10),
    ("expected_accuracy_reviewed", None, 0.6, 10), ("coverage_reviewed", None, 0.9, 10),
    ("promised_coverage", None, 0.98, 50), ("review_wrong", None, 5, 12),
]  # fmt: skip


@pytest.fixture
def place(tmp_path):
    return Home(tmp_path)


def test_a_labelled_batch_has_the_figures_of_its_report(home, bottles):
    label(bottles, home)
    found = figures_of(Home.at(home), "bottles")
    assert (found.table, found.version, found.rows, found.labelled, found.rejected) == ("wine", 1, 178, 178, 0)
    assert (found.review, found.waiting, found.suspect, found.broken) == (3, 0, "", ())
    assert (found.drift, found.drifted, found.judged) == (0.0, "alcohol", {})  # of rows that were all trained on
    assert found.expected > 0.99


def test_rows_up_for_review_wait_until_their_truth_is_told(place):
    record = made_up(place, "a", review=20)
    assert figures_of(place, "a").waiting == 20
    judged(place, "a", record, *HELD)
    assert figures_of(place, "a").waiting == 8


def test_truth_counts_by_how_it_became_known_and_rows_that_were_picked_apart(place):
    judged(place, "a", made_up(place, "a"), *HELD)
    found = figures_of(place, "a")
    assert found.judged == {"sampled": Judged(40, 38, 36.0, 40, 40), "reviewed": Judged(10, 5, 6.0, 10, 9)}
    assert (found.unpicked, found.promised) == (found.judged["sampled"], 0.98)
    assert pooled([*found.judged.values()]) == Judged(50, 43, 42.0, 50, 49)


def test_without_truth_told_later_that_of_the_input_counts_on_rows_never_trained_on(place):
    made_up(place, "a", accuracy=0.9, accuracy_unseen=0.8)
    assert figures_of(place, "a").judged == {"input": Judged(100, 80, 95.0, 0, 0)}


def test_a_judgement_of_other_labels_does_not_count(place):
    judged(place, "a", made_up(place, "a"), *HELD)
    made_up(place, "a", version=2, review=20)
    found = figures_of(place, "a")
    assert (found.judged, found.promised, found.waiting) == ({}, None, 20)


def test_a_broken_promise_is_kept_in_its_words(place):
    record = made_up(place, "a")
    judged(place, "a", record, *HELD)
    assert figures_of(place, "a").broken == ()
    judged(place, "a", record, *HELD, ("broken_promise", None, None, 40, "fewer right than expected"))
    assert figures_of(place, "a").broken == ("fewer right than expected",)


def test_of_the_features_the_one_that_drifted_most_is_named(place):
    made_up(place, "a", day=3)
    found = figures_of(place, "a")
    assert (found.drift, found.drifted, found.labelled_at) == (0.01, "alcohol", 1_767_499_200)
