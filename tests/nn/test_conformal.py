from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.spatial.distance import mahalanobis
from scipy.stats import binom

from mixed import penguins
from mixed import trained as trained_penguins
from nn.conformal import ALARM, LEVEL, Conformal, Space, count_below, fit_conformal, fit_space
from nn.label_sets import ByMass
from nn.network import predict_proba, softmax
from nn.recipe import RECIPES
from nn.validation import cross_validate

RECIPE = RECIPES["default"]
SPLITS = 15


def trained(x, classes, seed=0):
    y = np.eye(classes.max() + 1)[classes]
    validated = cross_validate(x, y, RECIPE, seed)
    return validated, fit_conformal(x, classes, validated.held_out, validated.folds)


@pytest.fixture(scope="module")
def whole(wine):
    return trained(wine.x, wine.classes)


@pytest.fixture(scope="module")
def simulated(wine):
    """Over random splits: held-out rows in all, those whose set holds the truth, and those that raise the alarm."""
    x, classes = wine.x, wine.classes
    counts = np.zeros(3, dtype=int)
    for seed in range(SPLITS):
        order = np.random.default_rng(seed).permutation(len(x))
        kept, held = order[:128], order[128:]
        validated, conformal = trained(x[kept], classes[kept], seed)
        answers = predict_proba(validated.network, validated.standardizer.transform(x[held]))
        covered = conformal.label_sets(answers)[np.arange(len(held)), classes[held]]
        alarmed = conformal.typicality(x[held]) <= conformal.alarm
        counts += [len(held), covered.sum(), alarmed.sum()]
    return counts


def test_label_sets_hold_the_truth_at_their_level(simulated):
    rows, covered, _ = simulated
    assert covered >= binom.ppf(0.001, rows, LEVEL)


def test_rows_like_the_training_rows_raise_the_alarm_no_more_often_than_said(simulated):
    rows, _, alarmed = simulated
    assert alarmed <= binom.ppf(0.999, rows, ALARM)


def test_the_settings_are_kept(whole):
    assert (whole[1].level, whole[1].alarm) == (LEVEL, ALARM)


def test_no_label_set_is_empty_and_the_likeliest_class_is_in_it(whole):
    probabilities = softmax(np.random.default_rng(0).normal(size=(500, 3)))
    sets = whole[1].label_sets(probabilities)
    assert sets[np.arange(500), probabilities.argmax(axis=1)].all()


def test_a_row_of_confidence_99_in_100_has_one_label_and_one_of_50_several(whole):
    second = np.random.default_rng(0).uniform(0, 1, size=1000)
    rows = [np.stack([np.full(1000, p), (1 - p) * second, (1 - p) * (1 - second)], axis=1) for p in (0.99, 0.5)]
    sure, doubtful = (whole[1].label_sets(each).sum(axis=1) for each in rows)
    assert (sure == 1).all()
    assert (doubtful >= 2).all()


def test_few_rows_like_the_training_rows_have_several_labels(wine, whole):
    validated, conformal = whole
    several = conformal.label_sets(validated.held_out.reshape(-1, 3)).sum(axis=1) > 1
    assert 0 < several.mean() < 0.05


def test_rows_with_noise_have_the_more_labels_the_less_sure_they_are(wine, whole):
    x = np.tile(wine.x, (20, 1))
    x += np.random.default_rng(0).normal(scale=0.8, size=x.shape) * wine.x.std(axis=0)
    validated, conformal = whole
    answers = predict_proba(validated.network, validated.standardizer.transform(x))
    sizes, confidence = conformal.label_sets(answers).sum(axis=1), answers.max(axis=1)
    assert (sizes[confidence < 0.6] > 1).all()
    assert (sizes[confidence > 0.99] == 1).all()


def test_distances_are_those_of_mahalanobis_to_the_nearest_centre(wine):
    x, classes = wine.x, wine.classes
    space = fit_space(x, classes)
    z = (x - x.mean(axis=0)) / x.std(axis=0)
    centers = np.stack([z[classes == each].mean(axis=0) for each in range(3)])
    spread = z - centers[classes]
    covariance = spread.T @ spread / len(z)
    inverse = np.linalg.inv(covariance + 0.05 * np.trace(covariance) / 13 * np.eye(13))
    expected = [min(mahalanobis(row, center, inverse) for center in centers) ** 2 for row in z]
    np.testing.assert_allclose(space.distances(x)[0], expected, rtol=1e-5)  # its parameters are float32


def test_typicality_is_the_share_of_held_out_rows_at_least_as_far():
    space = Space(np.eye(1), np.zeros(1), np.zeros((1, 1)))
    conformal = Conformal(0.95, 0.02, ByMass(0.95), space, np.array([1.0, 4.0, 9.0]))
    assert conformal.typicality(np.array([[0.0], [2.0], [9.0]])).tolist() == [1.0, 0.75, 0.25]


@settings(max_examples=50)
@given(st.integers(0, 2**32), st.sampled_from([1e-3, 1.0, 1e4]))
def test_no_distance_is_further_from_the_exact_one_than_its_error(wine, seed, scale):
    rng = np.random.default_rng(seed)
    space, x = fit_space(wine.x * scale, wine.classes), wine.x[rng.integers(0, len(wine.x), 5)] * scale
    distances, error = space.distances(x)
    for row, found in zip(x, distances, strict=True):
        assert abs(Fraction(found) - space.exact_distance(row)) <= Fraction(error)


def test_a_row_as_far_as_a_held_out_one_counts_as_such_whatever_the_rounding(wine, whole):
    """Held-out distances put where those of rows are, a last bit more and less: rounding alone cannot tell."""
    space, x = whole[1].space, wine.x[:40]
    exact = [space.exact_distance(row) for row in x]
    near = np.array([float(each) for each in exact])
    usual = np.sort(np.concatenate([near, np.nextafter(near, 0), np.nextafter(near, np.inf)]))
    expected = [(1 + sum(Fraction(each) >= distance for each in usual)) / (1 + len(usual)) for distance in exact]
    assert replace(whole[1], usual=usual).typicality(x).tolist() == expected


@given(
    st.lists(st.floats(0, 50), min_size=1, max_size=30).map(sorted),
    st.lists(st.floats(0, 60), max_size=30),
    st.sampled_from([0.0, 1e-9, 0.5, 100.0]),
)
def test_counts_are_those_of_searchsorted_where_no_number_lies_within_the_error(ascending, values, error):
    numbers, values = np.array(ascending), np.array(values)
    below, undecided = count_below(numbers, values, error)
    open_ = [bool((np.abs(numbers - each) <= error).any()) for each in values]
    decided = np.setdiff1d(np.arange(len(values)), undecided)
    assert set(np.flatnonzero(open_)) <= {*undecided.tolist()}
    np.testing.assert_array_equal(below[decided], np.searchsorted(numbers, values)[decided])


def test_far_from_all_numbers_nothing_is_left_undecided():
    assert len(count_below(np.array([1.0, 2.0]), np.array([0.0, 1.5, 3.0, 1e300]), 1e-9)[1]) == 0


@pytest.mark.parametrize(("left_out", "least"), [(0, 0.4), (1, 0.8), (2, 0.5)])
def test_a_cultivar_never_seen_is_put_up_for_review(wine, left_out, least):
    x, classes = wine.x, wine.classes
    known = classes != left_out
    _, conformal = trained(x[known], np.unique(classes[known], return_inverse=True)[1])
    strangers = x[~known]
    assert (conformal.typicality(strangers) <= conformal.alarm).mean() >= least


def test_swapped_columns_within_their_bounds_are_put_up_for_review(wine, whole):
    x = wine.x.copy()
    x[:, [2, 10]] = x[:, [10, 2]]  # ash and hue: either is plausible for the other
    assert (whole[1].typicality(x) <= ALARM).mean() > 0.9


def test_cutting_the_rows_changes_nothing(wine, whole):
    x = np.tile(wine.x, (50, 1))
    cut = [whole[1].typicality(part) for part in np.array_split(x, [7, 4000, 4097])]
    np.testing.assert_array_equal(np.concatenate(cut), whole[1].typicality(x))


@pytest.fixture(scope="module")
def mixed_alarms():
    """Over rows drawn anew: how many there are of numbers, levels and missing values, and how many raise the alarm."""
    counts = np.zeros(2, dtype=int)
    for seed in range(6):
        _, classifier = trained_penguins(*penguins(200, seed))
        fresh, _ = penguins(400, 1000 + seed)
        counts += [len(fresh), (classifier.typicality(fresh) <= ALARM).sum()]
    return counts


def test_rows_of_levels_and_missing_values_raise_the_alarm_no_more_often_than_said(mixed_alarms):
    rows, alarmed = mixed_alarms
    assert binom.ppf(0.001, rows, ALARM / 4) <= alarmed <= binom.ppf(0.999, rows, ALARM)


def test_the_rarer_a_level_the_less_typical_the_row():
    x, classes = penguins(300, missing=0)
    x[:, 1] = np.where(x[:, 1] == 2, 1, x[:, 1])
    x[np.flatnonzero(classes == 0)[:3], 1] = 2
    _, classifier = trained_penguins(x, classes)
    often, rare, never = ([38.8, at, 3700.0, 0.0] for at in (1, 2, -1))
    space = classifier.conformal.space
    far = space.distances(classifier.inputs(np.array([often, rare, never])))[0]
    assert far[0] < far[1] < far[2]
    often, rare, never = classifier.typicality(np.array([often, rare, never]))
    assert rare <= ALARM < often
    assert never == 1 / 301


def test_a_missing_number_is_as_typical_as_the_mean_but_for_its_being_missing():
    _, classifier = trained_penguins(*penguins(300, missing=0.3))
    mean = classifier.standardizer.mean[0]
    present, missing = classifier.inputs(np.array([[mean, 0, 4000, 0], [np.nan, 0, 4000, 0]]))
    assert np.flatnonzero(present != missing).tolist() == [1]
    assert classifier.typicality(np.array([[np.nan, 0, 4000, 0]]))[0] > ALARM
