import numpy as np
import pytest

from nn.backpropagation import Backpropagation, loss_and_gradients
from nn.network import Network, cross_entropy, init_network, predict_proba
from nn.parameters import Parameters

SIZES = [(13, 8, 5, 3), (13, 5, 5, 3), (4, 3), (2, 3, 2), (3, 7, 4, 6, 5)]


@pytest.fixture(params=SIZES, ids=str)
def sizes(request):
    return request.param


@pytest.fixture(params=["glorot", "article"])
def network(request, sizes):
    rng = np.random.default_rng(1)
    drawn = init_network(sizes, rng, request.param)
    return Network(drawn.weights, tuple(rng.normal(size=bias.shape) for bias in drawn.biases))


@pytest.fixture
def x(sizes):
    return np.random.default_rng(2).normal(size=(11, sizes[0]))


@pytest.fixture
def y(sizes):
    return np.eye(sizes[-1])[np.random.default_rng(3).integers(sizes[-1], size=11)]


def central_difference(array, at, loss, step=1e-5):
    kept = array[at]
    array[at] = kept + step
    above = loss()
    array[at] = kept - step
    below = loss()
    array[at] = kept
    return (above - below) / (2 * step)


def numeric_slopes(arrays, loss):
    return [
        np.array([central_difference(array, at, loss) for at in np.ndindex(array.shape)]).reshape(array.shape)
        for array in arrays
    ]


def test_every_gradient_is_the_slope_of_the_loss(network, x, y):
    copy = Network(tuple(w.copy() for w in network.weights), tuple(b.copy() for b in network.biases))
    slopes = numeric_slopes((*copy.weights, *copy.biases), lambda: cross_entropy(predict_proba(copy, x), y))
    _, gradient = loss_and_gradients(network, x, y)
    for found, expected in zip((*gradient.weights, *gradient.biases), slopes, strict=True):
        np.testing.assert_allclose(found, expected, rtol=1e-6, atol=1e-9)


def test_the_loss_is_the_cross_entropy_of_what_the_network_answers(network, x, y):
    loss, _ = loss_and_gradients(network, x, y)
    assert loss == pytest.approx(cross_entropy(predict_proba(network, x), y), rel=1e-13)


def test_the_gradient_has_the_shapes_of_the_network(network, x, y):
    _, gradient = loss_and_gradients(network, x, y)
    assert gradient.sizes == network.sizes
    assert [bias.shape for bias in gradient.biases] == [bias.shape for bias in network.biases]


def test_asking_for_the_gradient_changes_neither_network_nor_rows(network, x, y):
    arrays = (*network.weights, *network.biases, x, y)
    before = [array.tobytes() for array in arrays]
    loss_and_gradients(network, x, y)
    assert [array.tobytes() for array in arrays] == before


def test_the_gradient_of_a_table_is_the_mean_of_its_rows_gradients(network, x, y):
    _, whole = loss_and_gradients(network, x, y)
    alone = [loss_and_gradients(network, x[[row]], y[[row]])[1] for row in range(len(x))]
    for layer, weight in enumerate(whole.weights):
        np.testing.assert_allclose(weight, np.mean([each.weights[layer] for each in alone], axis=0), atol=1e-14)


def test_scores_that_would_overflow_leave_loss_and_gradient_finite(network, x, y):
    huge = Network((*network.weights[:-1], network.weights[-1] * 1e6), network.biases)
    loss, gradient = loss_and_gradients(huge, x, y)
    assert loss == pytest.approx(cross_entropy(predict_proba(huge, x), y), rel=1e-13)
    assert all(np.isfinite(array).all() for array in (*gradient.weights, *gradient.biases))


def passes_over(network, x, y, columns, *, copies=1, moved=False):
    """Passes of so many copies of a network over so many columns, of which these rows fill the first."""
    stack = Network(
        tuple(np.stack([weight] * copies) for weight in network.weights),
        tuple(np.stack([bias] * copies) for bias in network.biases),
    )
    passes = Backpropagation(Parameters.of(stack), columns, moved=moved)
    passes.x[..., : len(x)], passes.y[..., : len(x)], passes.share[:, : len(x)] = x.T, y.T, 1 / len(x)
    return passes


def assert_gradient(passes, member, expected):
    found = passes.gradient.networks().member(member)
    for one, other in zip((*found.weights, *found.biases), (*expected.weights, *expected.biases), strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-12, atol=1e-15)


@pytest.mark.parametrize("copies", [1, 3])
def test_columns_without_a_share_do_not_count(network, x, y, copies):
    passes, (loss, gradient) = passes_over(network, x, y, 19, copies=copies), loss_and_gradients(network, x, y)
    passes.x[..., len(x) :] = 3
    passes.differentiate()
    for member in range(copies):
        assert_gradient(passes, member, gradient)
    np.testing.assert_allclose(passes.loss(), [loss] * copies, rtol=1e-13)


def test_the_gradient_is_taken_at_the_rows_as_they_are_seen_and_the_loss_at_the_rows_as_they_are(network, x, y):
    passes, elsewhere = passes_over(network, x, y, len(x), moved=True), x[::-1] * 2
    passes.seen[0] = elsewhere.T
    passes.differentiate()
    assert_gradient(passes, 0, loss_and_gradients(network, elsewhere, y)[1])
    assert passes.loss()[0] == pytest.approx(loss_and_gradients(network, x, y)[0], rel=1e-13)


def test_the_accuracy_is_the_share_of_rows_that_are_right(network, x, y):
    right = predict_proba(network, x).argmax(axis=1) == y.argmax(axis=1)
    assert passes_over(network, x, y, 19, copies=2).accuracy().tolist() == [right.mean()] * 2


def test_rows_far_out_leave_loss_and_gradient_finite(network, x, y):
    loss, gradient = loss_and_gradients(network, x * 1e4, y)
    assert loss == pytest.approx(cross_entropy(predict_proba(network, x * 1e4), y), rel=1e-12)
    assert all(np.isfinite(array).all() for array in (*gradient.weights, *gradient.biases))
