import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.calibration import calibration_curve as sklearn_curve
from sklearn.metrics import accuracy_score, confusion_matrix, log_loss, precision_recall_fscore_support

from nn.metrics import calibration_curve, calibration_error, judge, likeliest, precision_and_recall
from nn.network import softmax

RNG = np.random.default_rng(1)
ANSWERS = softmax(RNG.normal(scale=3, size=(200, 3)))
TRUTH = RNG.integers(-1, 3, size=200)  # -1: not known
KNOWN = TRUTH >= 0


def assert_sklearn_agrees(judged, answers, truth):
    np.testing.assert_array_equal(judged.confusion, confusion_matrix(truth, answers.argmax(axis=1), labels=range(3)))
    assert judged.count == len(truth)
    assert judged.accuracy == pytest.approx(accuracy_score(truth, answers.argmax(axis=1)), rel=1e-15)
    assert judged.log_loss == pytest.approx(log_loss(truth, answers, labels=range(3)), rel=1e-12)


def test_the_figures_are_scikit_learns_over_the_rows_whose_truth_is_known():
    assert_sklearn_agrees(judge(ANSWERS, TRUTH), ANSWERS[KNOWN], TRUTH[KNOWN])


def test_a_class_that_never_occurs_still_has_its_row_and_column():
    answers, truth = ANSWERS[TRUTH == 0], TRUTH[TRUTH == 0]
    assert_sklearn_agrees(judge(answers, truth), answers, truth)


@given(st.integers(0, 200), st.integers(0, 200))
def test_chunks_judged_apart_add_up_to_the_whole(first, second):
    cuts = sorted((first, second))
    one, *others = (judge(*chunk) for chunk in zip(np.split(ANSWERS, cuts), np.split(TRUTH, cuts), strict=True))
    assert_sklearn_agrees(sum(others, one), ANSWERS[KNOWN], TRUTH[KNOWN])


@pytest.mark.parametrize("rows", [0, 5])
def test_where_nothing_is_judged_the_figures_are_none_and_not_zero(rows):
    judged = judge(ANSWERS[:rows], np.full(rows, -1))
    assert judged.count == 0
    assert judged.accuracy is None
    assert judged.log_loss is None


def test_nothing_right_is_zero_and_not_none():
    assert judge(np.array([[1.0, 0.0, 0.0]]), np.array([2])).accuracy == 0


def test_a_truth_held_impossible_costs_a_finite_loss():
    assert judge(np.array([[1.0, 0.0, 0.0]]), np.array([2])).log_loss == pytest.approx(-np.log(1e-12))


def test_rows_among_others_can_be_taken_out_again():
    whole, first = judge(ANSWERS, TRUTH), judge(ANSWERS[:50], TRUTH[:50])
    assert_sklearn_agrees(whole - first, ANSWERS[50:][KNOWN[50:]], TRUTH[50:][KNOWN[50:]])


@pytest.mark.parametrize("classes", [1, 2, 3, 7])
def test_the_likeliest_class_is_numpys_argmax_the_first_of_equals(classes):
    probabilities = RNG.integers(0, 4, size=(300, classes)) / 4
    np.testing.assert_array_equal(likeliest(probabilities), probabilities.argmax(axis=1))


def test_precision_and_recall_are_scikit_learns():
    truth, predicted = TRUTH[KNOWN], ANSWERS[KNOWN].argmax(axis=1)
    expected = precision_recall_fscore_support(truth, predicted, labels=range(3))
    np.testing.assert_allclose(precision_and_recall(judge(ANSWERS, TRUTH).confusion), expected[:2])


def test_a_class_that_is_never_predicted_or_never_true_has_no_precision_or_recall():
    assert precision_and_recall(np.array([[5, 0], [0, 0]])) == ([1.0, None], [1.0, None])


def test_the_calibration_curve_is_scikit_learns():
    confidence, accuracy, counts = calibration_curve(ANSWERS[KNOWN], TRUTH[KNOWN])
    right = ANSWERS[KNOWN].argmax(axis=1) == TRUTH[KNOWN]
    observed, mean = sklearn_curve(right, ANSWERS[KNOWN].max(axis=1), n_bins=10)
    np.testing.assert_allclose(confidence, mean)
    np.testing.assert_allclose(accuracy, observed)
    assert counts.sum() == KNOWN.sum()


def test_the_calibration_error_is_the_mean_distance_along_the_curve():
    confidence, accuracy, counts = calibration_curve(ANSWERS[KNOWN], TRUTH[KNOWN])
    expected = np.average(np.abs(confidence - accuracy), weights=counts)
    assert calibration_error(ANSWERS[KNOWN], TRUTH[KNOWN]) == pytest.approx(expected)
