import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import accuracy_score, confusion_matrix, log_loss

from nn.metrics import judge
from nn.network import softmax

RNG = np.random.default_rng(1)
TOLD = softmax(RNG.normal(scale=3, size=(200, 3)))
TRUTH = RNG.integers(-1, 3, size=200)  # -1: not known
KNOWN = TRUTH >= 0


def assert_sklearn_agrees(judged, told, truth):
    np.testing.assert_array_equal(judged.confusion, confusion_matrix(truth, told.argmax(axis=1), labels=range(3)))
    assert judged.count == len(truth)
    assert judged.accuracy == pytest.approx(accuracy_score(truth, told.argmax(axis=1)), rel=1e-15)
    assert judged.log_loss == pytest.approx(log_loss(truth, told, labels=range(3)), rel=1e-12)


def test_the_figures_are_scikit_learns_over_the_rows_whose_truth_is_known():
    assert_sklearn_agrees(judge(TOLD, TRUTH), TOLD[KNOWN], TRUTH[KNOWN])


def test_a_class_that_never_occurs_still_has_its_row_and_column():
    told, truth = TOLD[TRUTH == 0], TRUTH[TRUTH == 0]
    assert_sklearn_agrees(judge(told, truth), told, truth)


@settings(deadline=None)
@given(st.integers(0, 200), st.integers(0, 200))
def test_chunks_judged_apart_add_up_to_the_whole(first, second):
    cuts = sorted((first, second))
    one, *others = (judge(*chunk) for chunk in zip(np.split(TOLD, cuts), np.split(TRUTH, cuts), strict=True))
    assert_sklearn_agrees(sum(others, one), TOLD[KNOWN], TRUTH[KNOWN])


@pytest.mark.parametrize("rows", [0, 5])
def test_where_nothing_is_judged_the_figures_are_none_and_not_zero(rows):
    judged = judge(TOLD[:rows], np.full(rows, -1))
    assert judged.count == 0
    assert judged.accuracy is None
    assert judged.log_loss is None


def test_nothing_right_is_zero_and_not_none():
    assert judge(np.array([[1.0, 0.0, 0.0]]), np.array([2])).accuracy == 0


def test_a_truth_held_impossible_costs_a_finite_loss():
    assert judge(np.array([[1.0, 0.0, 0.0]]), np.array([2])).log_loss == pytest.approx(-np.log(1e-12))
