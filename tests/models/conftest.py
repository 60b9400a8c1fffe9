import numpy as np
import pytest

from nn.classifier import Classifier
from nn.encoding import Standardizer
from nn.network import Network, init_network

FEATURES = tuple(f"feature {index}" for index in range(13))
CLASSES = ("barolo", "grignolino", "barbera")


def drawn(seed):
    rng = np.random.default_rng(seed)
    network = init_network((13, 8, 5, 3), rng, "glorot")
    biases = tuple(rng.normal(size=bias.shape) for bias in network.biases)
    standardizer = Standardizer(rng.normal(size=13), rng.uniform(0.1, 300, size=13))
    return Classifier(FEATURES, CLASSES, standardizer, Network(network.weights, biases))


@pytest.fixture(scope="session")
def classifier():
    return drawn(1)


@pytest.fixture(scope="session")
def another():
    return drawn(2)
