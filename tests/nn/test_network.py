import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from scipy import special
from sklearn.metrics import log_loss
from sklearn.neural_network import MLPClassifier

from nn.network import Network, cross_entropy, init_network, predict_proba, softmax

SIZES = [(13, 8, 5, 3), (13, 5, 5, 3), (4, 6, 4), (2, 9, 7, 5, 6)]
scores = hnp.arrays(np.float64, hnp.array_shapes(min_dims=2, max_dims=2, max_side=6), elements=st.floats(-1e300, 1e300))


def with_biases(network, rng):
    return Network(network.weights, tuple(rng.normal(size=bias.shape) for bias in network.biases))


def sklearn_twin(network):
    width, *hidden, outputs = network.sizes
    twin = MLPClassifier(tuple(hidden), activation="tanh")
    twin.partial_fit(np.zeros((outputs, width)), range(outputs), classes=range(outputs))
    twin.coefs_, twin.intercepts_ = list(network.weights), list(network.biases)
    return twin


@pytest.mark.parametrize("init", ["glorot", "article"])
@pytest.mark.parametrize("sizes", SIZES)
def test_scikit_learn_gives_the_same_probabilities_with_the_same_weights(sizes, init):
    rng = np.random.default_rng(1)
    network = with_biases(init_network(sizes, rng, init), rng)
    x = rng.normal(size=(50, sizes[0]))
    np.testing.assert_allclose(predict_proba(network, x), sklearn_twin(network).predict_proba(x), rtol=1e-12)


def test_a_stack_answers_as_its_members_do():
    rng = np.random.default_rng(2)
    networks = [with_biases(init_network((4, 6, 3), rng, "glorot"), rng) for _ in range(5)]
    stack = Network(
        tuple(np.stack([each.weights[layer] for each in networks]) for layer in range(2)),
        tuple(np.stack([each.biases[layer] for each in networks]) for layer in range(2)),
    )
    x = rng.normal(size=(7, 4))
    np.testing.assert_allclose(predict_proba(stack, x), [predict_proba(each, x) for each in networks], rtol=1e-13)
    np.testing.assert_array_equal(predict_proba(stack.member(3), x), predict_proba(networks[3], x))


@settings(max_examples=200)
@given(scores)
def test_softmax_rows_are_probabilities_however_huge_the_scores(scores):
    answers = softmax(scores)
    assert (answers >= 0).all()
    np.testing.assert_allclose(answers.sum(axis=1), 1, rtol=1e-14)
    np.testing.assert_array_equal(answers.max(axis=1), answers[np.arange(len(answers)), scores.argmax(axis=1)])


@pytest.mark.parametrize("shift", [0, 700, -700, 1e6])
def test_softmax_is_scipys_and_a_shift_of_all_scores_changes_nothing(shift):
    scores = np.random.default_rng(3).normal(scale=5, size=(40, 3))
    np.testing.assert_allclose(softmax(scores + shift), special.softmax(scores, axis=1), rtol=1e-8)


def test_cross_entropy_is_scikit_learns_log_loss():
    rng = np.random.default_rng(4)
    answers, truth = softmax(rng.normal(scale=4, size=(60, 3))), rng.integers(3, size=60)
    assert cross_entropy(answers, np.eye(3)[truth]) == pytest.approx(
        log_loss(truth, answers, labels=range(3)), rel=1e-13
    )


def test_cross_entropy_of_a_truth_held_impossible_is_finite():
    assert cross_entropy(np.array([[1.0, 0.0]]), np.array([[0.0, 1.0]])) == pytest.approx(-np.log(1e-12))


def test_glorot_weights_stay_within_their_bound_and_fill_it():
    network = init_network((200, 100, 3), np.random.default_rng(5), "glorot")
    for weight in network.weights:
        bound = np.sqrt(6 / sum(weight.shape))
        assert 0.95 * bound < np.abs(weight).max() <= bound
    assert not any(bias.any() for bias in network.biases)


def test_article_weights_are_the_articles_draws_in_its_order():
    network = init_network((13, 5, 5, 3), np.random.RandomState(0), "article")
    legacy = np.random.RandomState(0)
    drawn = 2 * legacy.randn(13, 5) - 1, 2 * legacy.randn(5, 5) - 1, 2 * legacy.rand(5, 3) - 1
    for weight, expected in zip(network.weights, drawn, strict=True):
        np.testing.assert_array_equal(weight, expected)
    assert not any(bias.any() for bias in network.biases)


@pytest.mark.parametrize("sizes", SIZES)
def test_a_network_has_the_sizes_asked_for(sizes):
    assert init_network(sizes, np.random.default_rng(6), "glorot").sizes == sizes
