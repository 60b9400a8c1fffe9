from dataclasses import replace

import numpy as np

from nn.encoding import Standardizer
from nn.network import init_network
from nn.rounding import rounded


def test_every_array_of_a_part_is_float32_kept_as_float64():
    network = rounded(init_network((13, 8, 5, 3), np.random.default_rng(0), "glorot"))
    for array in (*network.weights, *network.biases):
        assert array.dtype == float
        np.testing.assert_array_equal(array, array.astype(np.float32))


def test_what_differs_in_the_last_bits_of_training_is_the_same_afterwards():
    part = Standardizer(np.array([1.1, 2.2]), np.array([0.3, 0.4]))
    other = replace(part, mean=part.mean * (1 + 1e-13))
    np.testing.assert_array_equal(rounded(part).mean, rounded(other).mean)


def test_what_is_no_array_stays_as_it_is():
    assert rounded(0.1) == 0.1
    assert rounded(None) is None
