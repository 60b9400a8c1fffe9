import numpy as np
import pytest

from nn.network import Network, init_network
from nn.parameters import Parameters, plain, turned

SIZES = (13, 8, 5, 3)


@pytest.fixture
def networks():
    rng = np.random.default_rng(0)
    drawn = [init_network(SIZES, rng, "glorot") for _ in range(4)]
    weights = tuple(np.stack(layers) for layers in zip(*(network.weights for network in drawn), strict=True))
    return Network(weights, tuple(rng.normal(size=(4, size)) for size in SIZES[1:]))


def arrays(network):
    return [*network.weights, *network.biases]


def test_what_is_put_in_comes_out(networks):
    for found, expected in zip(arrays(Parameters.of(networks).networks()), arrays(networks), strict=True):
        np.testing.assert_array_equal(found, expected)


def test_a_layers_matrix_is_its_weights_and_as_last_column_its_biases(networks):
    matrix, x = Parameters.of(networks).matrices[0], np.random.default_rng(1).normal(size=13)
    expected = x @ networks.weights[0][2] + networks.biases[0][2]
    np.testing.assert_allclose(matrix[2] @ np.append(x, 1), expected)


def test_every_parameter_is_in_the_flat_array_once(networks):
    parameters = Parameters.of(networks)
    assert parameters.flat.shape == (4, sum(array[0].size for array in arrays(networks)))
    parameters.flat[:] = 7
    assert all((array == 7).all() for array in arrays(parameters.networks()))


def test_the_networks_are_not_changed_by_a_later_update(networks):
    parameters = Parameters.of(networks)
    kept = parameters.networks()
    parameters.flat += 1
    for found, expected in zip(arrays(kept), arrays(networks), strict=True):
        np.testing.assert_array_equal(found, expected)


def test_weights_decay_and_biases_do_not():
    decayed = Parameters.decayed(SIZES).networks()
    assert all((weight == 1).all() for weight in decayed.weights)
    assert all((bias == 0).all() for bias in decayed.biases)


@pytest.mark.parametrize("stack", [1, 3])
def test_the_product_is_that_of_every_member_written_where_it_is_asked_for(stack):
    rng = np.random.default_rng(2)
    one, other, out = rng.normal(size=(stack, 5, 14)), rng.normal(size=(stack, 14, 20)), np.zeros((stack, 5, 20))
    Parameters(stack, SIZES).product(plain(one), plain(other), plain(out))
    for at in range(stack):
        np.testing.assert_allclose(out[at], one[at] @ other[at])


def test_turned_matrices_share_their_bytes():
    matrices = np.zeros((2, 5, 14))
    turned(matrices)[1, 13, 4] = 1
    assert matrices[1, 4, 13] == 1
