from dataclasses import replace

import numpy as np
import pytest

from nn.arrays import near
from nn.classifier import Classifier
from nn.conformal import fit_conformal
from nn.recipe import RECIPES
from nn.rounding import rounded
from nn.validation import cross_validate

NAMES = tuple(f"feature {index}" for index in range(13)), ("barolo", "grignolino", "barbera")


def trained(wine, x):
    recipe = replace(RECIPES["default"], epochs=100)
    validated = cross_validate(x, wine.y, recipe, 0, folds=5)
    conformal = fit_conformal(x, wine.classes, validated.held_out, validated.folds)
    return Classifier(*NAMES, validated.standardizer, validated.network, conformal)


@pytest.fixture(scope="module")
def classifier(wine):
    return trained(wine, wine.x)


def test_parameters_are_float32_kept_as_float64(classifier):
    made = rounded(classifier)
    space = made.conformal.space
    arrays = (*made.network.weights, *made.network.biases, made.standardizer.scale, made.conformal.usual)
    for array in (*arrays, space.whitening, space.centers):
        assert array.dtype == float
        np.testing.assert_array_equal(array, near(array))


def test_means_are_rounded_by_what_the_rows_spread(classifier):
    made, exact = rounded(classifier).standardizer, classifier.standardizer
    assert (np.abs(made.mean - exact.mean) <= exact.scale * 2.0**-24).all()
    assert (made.mean != exact.mean).any()


def test_what_differs_in_the_last_bits_of_training_is_the_same_afterwards(classifier):
    network = classifier.network
    other = replace(classifier, network=replace(network, weights=tuple(each * (1 + 1e-14) for each in network.weights)))
    for one, two in zip(rounded(classifier).network.weights, rounded(other).network.weights, strict=True):
        np.testing.assert_array_equal(one, two)


def test_a_classifier_without_a_conformal_part_has_none_afterwards(classifier):
    assert rounded(replace(classifier, conformal=None)).conformal is None


@pytest.mark.parametrize("far", [1e5, 1e8, 1.7e9])
def test_a_column_far_from_zero_is_answered_as_one_that_is_near(wine, classifier, far):
    x = wine.x.copy()
    x[:, 3] += far
    made = rounded(trained(wine, x))
    expected = classifier.predict_proba(wine.x)
    assert (made.predict_proba(x).argmax(axis=1) == expected.argmax(axis=1)).all()
    found, usual = made.conformal.typicality(x), classifier.conformal.typicality(wine.x)
    np.testing.assert_allclose(found, usual, atol=0.02)
