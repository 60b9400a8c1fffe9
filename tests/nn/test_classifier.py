from dataclasses import replace
from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from threadpoolctl import threadpool_limits

from boundaries import on_boundaries
from mixed import classifier, encoded, penguins
from nn.classifier import Classifier
from nn.columns import Column
from nn.encoding import Encoding, Standardizer, fit_standardizer
from nn.exact import exact_probabilities, nearest
from nn.forward import BLOCK, Forward
from nn.network import Network, init_network, predict_proba

FEATURES, CLASSES = tuple(f"feature {index}" for index in range(13)), ("barolo", "grignolino", "barbera")
ROWS = 2 * BLOCK + 1717
RNG = np.random.default_rng(1)
DRAWN = init_network((13, 8, 5, 3), RNG, "glorot")
NETWORK = Network(DRAWN.weights, tuple(RNG.normal(size=bias.shape) for bias in DRAWN.biases))
STANDARDIZER = Standardizer(RNG.normal(20, 50, size=13), RNG.uniform(0.1, 300, size=13))
CLASSIFIER = Classifier(FEATURES, CLASSES, STANDARDIZER, NETWORK)
X = RNG.normal(STANDARDIZER.mean, 2 * STANDARDIZER.scale, size=(ROWS, 13))
WHOLE = CLASSIFIER.predict_proba(X)

cuts = st.lists(st.integers(0, ROWS), max_size=5).map(lambda places: [0, *sorted(places), ROWS])


def test_raw_rows_are_answered_as_the_network_answers_standardized_ones():
    np.testing.assert_allclose(WHOLE, predict_proba(NETWORK, STANDARDIZER.transform(X)), rtol=1e-7)


@settings(max_examples=60)
@given(cuts)
def test_how_the_rows_are_cut_changes_no_bit(cuts):
    answers = [CLASSIFIER.predict_proba(X[start:end]) for start, end in zip(cuts[:-1], cuts[1:], strict=True)]
    np.testing.assert_array_equal(np.concatenate(answers), WHOLE)


@settings(max_examples=60)
@given(st.integers(1, ROWS), st.integers(0, 2**32))
def test_a_row_is_answered_alike_in_any_company(count, seed):
    rows = np.random.default_rng(seed).permutation(ROWS)[:count]
    np.testing.assert_array_equal(CLASSIFIER.predict_proba(X[rows]), WHOLE[rows])


def test_every_answer_is_the_exact_one_rounded_to_float32():
    rows = np.random.default_rng(2).integers(0, ROWS, 100)
    exact = [[nearest(each) for each in exact_probabilities(STANDARDIZER, NETWORK, row)] for row in X[rows]]
    np.testing.assert_array_equal(WHOLE[rows], exact)


def test_answers_between_two_float32_are_exact_ones_rounded_too():
    x = on_boundaries(CLASSIFIER, X[:300])
    assert len(x) > 50
    exact = [[nearest(each) for each in exact_probabilities(STANDARDIZER, NETWORK, row)] for row in x]
    np.testing.assert_array_equal(CLASSIFIER.predict_proba(x), exact)
    plainly = Forward.of(STANDARDIZER, NETWORK, np.float64)(x.T).T.astype(np.float32)
    assert (plainly != exact).any()  # or these rows show nothing


def hairs_from_a_boundary(classifier, count):
    """Rows of two features, the second so small that it puts a probability 1e-21 above or below a boundary."""
    ask = lambda row: exact_probabilities(classifier.standardizer, classifier.network, np.array(row))[0]  # noqa: E731
    rows = []
    for at, first in enumerate(np.linspace(-0.3, 0.3, count)):
        start = ask([first, 0.0])
        near = nearest(start)
        goal = (Decimal(float(near)) + Decimal(float(np.nextafter(near, np.float32(2))))) / 2
        goal += Decimal(1 if at % 2 else -1) * Decimal("1e-21")
        second = Decimal(0)
        for _ in range(4):
            found = ask([first, float(second)])
            slope = (ask([first, float(second) + 1e-9]) - found) / Decimal("1e-9")
            second += (goal - found) / slope
        rows.append([first, float(second)])
    return np.array(rows)


def test_answers_a_hair_from_a_boundary_are_rounded_right_though_the_network_is_small():
    rng = np.random.default_rng(0)
    for size in (0.1, 1.0, 20.0):
        network = init_network((2, 2, 2), rng, "glorot")
        network = replace(network, weights=tuple(weight * size / 5 for weight in network.weights))
        classifier = Classifier(("a", "b"), ("c", "d"), Standardizer(np.zeros(2), np.ones(2)), network)
        x = hairs_from_a_boundary(classifier, 12)
        exact = [[nearest(each) for each in exact_probabilities(classifier.standardizer, network, row)] for row in x]
        np.testing.assert_array_equal(classifier.predict_proba(x), exact)


def test_rows_so_large_that_nothing_is_known_of_the_rounding_are_answered_exactly():
    x = X[:4] * 1e12
    exact = [[nearest(each) for each in exact_probabilities(STANDARDIZER, NETWORK, row)] for row in x]
    np.testing.assert_array_equal(CLASSIFIER.predict_proba(x), exact)


@pytest.mark.parametrize("threads", [1, 2, 4])
def test_the_number_of_threads_changes_no_bit(threads):
    with threadpool_limits(threads):
        np.testing.assert_array_equal(CLASSIFIER.predict_proba(X), WHOLE)


def test_how_the_rows_lie_in_memory_changes_no_bit_of_the_answers():
    np.testing.assert_array_equal(CLASSIFIER.predict_proba(np.asfortranarray(X)), WHOLE)


def test_no_rows_have_no_answers():
    assert CLASSIFIER.predict_proba(np.empty((0, 13))).shape == (0, 3)


@pytest.mark.parametrize("shape", [(5, 12), (5, 14), (13,), (5, 13, 1)])
def test_rows_of_another_width_are_refused(shape):
    with pytest.raises(ValueError, match="expected rows of 13 features; found an array of shape"):
        CLASSIFIER.predict_proba(np.zeros(shape))


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("features", (FEATURES[1:], CLASSES, STANDARDIZER)),
        ("classes", (FEATURES, (*CLASSES, "dolcetto"), STANDARDIZER)),
        ("standardizer", (FEATURES, CLASSES, Standardizer(np.zeros(12), np.ones(12)))),
    ],
)
def test_parts_that_do_not_fit_the_network_are_refused_by_name(name, parts):
    with pytest.raises(ValueError, match=rf"^{name}: the network \(13, 8, 5, 3\) takes"):
        Classifier(*parts, NETWORK)


def test_a_standardizer_whose_scale_has_another_length_is_refused():
    with pytest.raises(ValueError, match=r"^standardizer: "):
        Classifier(FEATURES, CLASSES, Standardizer(np.zeros(13), np.ones(12)), NETWORK)


@settings(max_examples=40)
@given(encoded(), st.integers(0, 2**32))
def test_answers_to_encoded_rows_are_the_exact_ones_of_their_inputs(table, seed):
    encoding, x = table
    width, rng = encoding.width(x.shape[1]), np.random.default_rng(seed)
    standardizer = fit_standardizer(encoding.inputs(x), encoding.flags(x.shape[1]))
    network = init_network((width, 4, 2), rng, "glorot")
    mixed = Classifier(tuple("abcde"[: x.shape[1]]), ("c", "d"), standardizer, network, encoding=encoding)
    inputs = encoding.inputs(x)
    missing = np.isnan(inputs)
    inputs[missing] = np.broadcast_to(standardizer.mean, inputs.shape)[missing]
    exact = [[nearest(each) for each in exact_probabilities(standardizer, network, row)] for row in inputs]
    np.testing.assert_array_equal(mixed.predict_proba(x), exact)


def test_a_level_that_a_version_does_not_know_is_answered_as_none_of_its_levels():
    known, appended, none = classifier().predict_proba(np.array([[40.0, at, 4000.0, 0.0] for at in (2, 3, -1)]))
    np.testing.assert_array_equal(appended, none)
    assert (appended != known).any()


def test_columns_that_the_encoding_does_not_name_are_refused():
    with pytest.raises(ValueError, match=r"^encoding: "):
        Classifier(FEATURES, CLASSES, STANDARDIZER, NETWORK, encoding=Encoding((Column(missing=True),)))


def test_what_was_never_held_out_has_no_typicality():
    with pytest.raises(ValueError, match=r"^typicality: expected a classifier with a conformal part"):
        CLASSIFIER.typicality(X[:1])


def test_of_no_rows_nothing_is_said():
    none = np.empty((0, 4))
    assert classifier().predict_proba(none).shape == (0, 3)
    assert classifier().typicality(none).shape == (0,)


def test_rows_of_levels_and_missing_values_are_answered_alike_in_any_company():
    x, _ = penguins(BLOCK + 100, seed=7)
    rows = np.random.default_rng(7).permutation(len(x))[:700]
    for ask in (classifier().predict_proba, classifier().typicality):
        np.testing.assert_array_equal(ask(x[rows]), ask(x)[rows])
