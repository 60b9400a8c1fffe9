from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nn import validation
from nn.encoding import fit_standardizer
from nn.network import cross_entropy, predict_proba, softmax
from nn.recipe import RECIPES, Recipe
from nn.training import train_network
from nn.validation import cross_validate, fit_sharpness, stratified_folds

QUICK = Recipe("quick", (5,), "glorot", 0.2, 25, momentum=0.9, weight_decay=0.01)
FOLDS, SEED = 5, 3


def folds_of(classes, repeat=0):
    return stratified_folds(classes, FOLDS, np.random.default_rng((SEED, repeat)))


@given(st.lists(st.integers(0, 4), min_size=1, max_size=80), st.integers(2, 12), st.integers(0, 2**32))
def test_every_row_is_in_one_fold_and_every_class_spread_evenly(classes, folds, seed):
    classes = np.array(classes)
    fold = stratified_folds(classes, folds, np.random.default_rng(seed))
    assert fold.shape == classes.shape
    for rows in (fold, *(fold[classes == each] for each in np.unique(classes))):
        counts = np.bincount(rows, minlength=folds)
        assert len(counts) == folds
        assert np.ptp(counts) <= 1


def test_folds_are_shuffled_by_the_seed_and_by_nothing_else(wine):
    first, again, other = (stratified_folds(wine.classes, 10, np.random.default_rng(seed)) for seed in (1, 1, 2))
    np.testing.assert_array_equal(first, again)
    assert (first != other).mean() > 0.5


@pytest.fixture(scope="module")
def untouched(wine):
    return cross_validate(wine.x, wine.y, QUICK, SEED, folds=FOLDS).held_out[0]


@pytest.mark.parametrize("row", [0, 68, 177])
def test_a_poisoned_row_reaches_every_fold_but_its_own(wine, untouched, row):
    x, fold = wine.x.copy(), folds_of(wine.classes)
    x[row] = np.inf  # whatever was fitted or trained on this row answers nan for every row
    with np.errstate(invalid="ignore"):
        found = cross_validate(x, wine.y, QUICK, SEED, folds=FOLDS).held_out[0]
    neighbours = (fold == fold[row]) & (np.arange(178) != row)
    np.testing.assert_array_equal(found[neighbours], untouched[neighbours])
    assert np.isnan(found[~neighbours]).all()


def test_the_truth_of_a_held_out_row_does_not_reach_its_answer(wine, untouched):
    y, fold = wine.y.copy(), folds_of(wine.classes)
    y[68] *= 9  # the same class, so the same folds, but another error to train on
    found = cross_validate(wine.x, y, QUICK, SEED, folds=FOLDS).held_out[0]
    same = (found == untouched).all(axis=1)
    np.testing.assert_array_equal(same, fold == fold[68])


@pytest.mark.parametrize("recipe", [QUICK, replace(RECIPES["article"], epochs=300)], ids=lambda recipe: recipe.name)
def test_held_out_is_what_training_fold_by_fold_answers(wine, recipe):
    held_out = cross_validate(wine.x, wine.y, recipe, SEED, folds=FOLDS, repeats=2).held_out
    assert held_out.shape == (2, 178, 3)
    for index in range(2 * FOLDS):
        repeat, each = divmod(index, FOLDS)
        held = folds_of(wine.classes, repeat) == each
        standardizer = fit_standardizer(wine.x[~held])
        z, rng = standardizer.transform(wine.x[~held]), recipe.random(SEED, 1 + index)
        network, _ = train_network(z, wine.y[~held], recipe, rng)
        expected = predict_proba(network, standardizer.transform(wine.x[held]))
        np.testing.assert_allclose(held_out[repeat, held], expected, rtol=1e-6, atol=1e-9)


def test_the_final_network_is_trained_on_all_rows_as_if_alone(wine):
    validated = cross_validate(wine.x, wine.y, QUICK, SEED, folds=FOLDS)
    z = fit_standardizer(wine.x).transform(wine.x)
    alone, history = train_network(z, wine.y, QUICK, QUICK.random(SEED))
    for found, expected in zip(validated.network.weights, alone.weights, strict=True):
        np.testing.assert_allclose(found, expected, rtol=1e-9, atol=1e-11)
    np.testing.assert_allclose(validated.history.loss, history.loss, rtol=1e-12)
    np.testing.assert_array_equal(validated.standardizer.mean, fit_standardizer(wine.x).mean)


def test_more_repeats_change_nothing_of_the_first(wine, untouched):
    held_out = cross_validate(wine.x, wine.y, QUICK, SEED, folds=FOLDS, repeats=3).held_out
    np.testing.assert_array_equal(held_out[0], untouched)
    assert (held_out[1] != held_out[2]).any()


def test_a_table_of_more_rows_than_a_batch_is_validated_too(wine):
    recipe = Recipe("mini", (5,), "glorot", 0.1, 40, batch_rows=8, log_every=1)
    validated = cross_validate(wine.x, wine.y, recipe, SEED, folds=FOLDS)
    assert np.isfinite(validated.held_out).all()
    assert np.isfinite(validated.history.training_accuracy).all()


def test_sharpness_is_where_the_log_loss_is_least():
    rng = np.random.default_rng(0)
    scores = rng.normal(size=(400, 3))
    y = np.eye(3)[[rng.choice(3, p=row) for row in softmax(3 * scores)]]
    found = fit_sharpness(softmax(scores), y)
    loss = {factor: cross_entropy(softmax(factor * scores), y) for factor in (0.98 * found, found, 1.02 * found)}
    assert min(loss, key=loss.get) == found
    assert 2.4 < found < 3.6


def test_of_many_rows_sharpness_is_fitted_on_some_from_the_first_to_the_last(monkeypatch):
    rng = np.random.default_rng(0)
    scores = rng.normal(size=(401, 3))
    y = np.eye(3)[[rng.choice(3, p=row) for row in softmax(2 * scores)]]
    some = fit_sharpness(softmax(scores[::5]), y[::5])
    monkeypatch.setattr(validation, "ANSWERS", 100)
    assert fit_sharpness(softmax(scores), y) == some


def test_a_sharpened_network_gives_the_same_labels_with_other_confidence(wine):
    recipe = RECIPES["default"]
    blunt = cross_validate(wine.x, wine.y, replace(recipe, sharpened=False), 0)
    sharp = cross_validate(wine.x, wine.y, recipe, 0)
    np.testing.assert_array_equal(sharp.held_out.argmax(axis=2), blunt.held_out.argmax(axis=2))
    np.testing.assert_allclose(sharp.network.weights[-1], blunt.network.weights[-1] * sharp.sharpness)
    assert cross_entropy(sharp.held_out[0], wine.y) < cross_entropy(blunt.held_out[0], wine.y)
