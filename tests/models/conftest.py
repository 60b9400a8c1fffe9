from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pytest

from models.evidence import Candidate, Evidence, Origin
from nn.classifier import Classifier
from nn.conformal import Conformal, Space
from nn.encoding import Standardizer
from nn.network import Network, init_network
from nn.recipe import RECIPES
from nn.validation import cross_validate

FEATURES = tuple(f"feature {index}" for index in range(13))
CLASSES = ("barolo", "grignolino", "barbera")


def drawn(seed):
    rng = np.random.default_rng(seed)
    network = init_network((13, 8, 5, 3), rng, "glorot")
    biases = tuple(rng.normal(size=bias.shape) for bias in network.biases)
    standardizer = Standardizer(rng.normal(size=13), rng.uniform(0.1, 300, size=13))
    return Classifier(FEATURES, CLASSES, standardizer, Network(network.weights, biases))


@dataclass(frozen=True, eq=False)
class Wine:
    x: np.ndarray
    classes: np.ndarray


@pytest.fixture(scope="session")
def wine():
    table = np.genfromtxt(Path(__file__).parents[2] / "data" / "raw" / "wine.csv", delimiter=",", skip_header=1)
    return Wine(table[:, 1:], table[:, 0].astype(np.intp) - 1)


@pytest.fixture(scope="session")
def classifier():
    return drawn(1)


@pytest.fixture(scope="session")
def another():
    return drawn(2)


@pytest.fixture(scope="session")
def conformed(classifier):
    """The classifier with a conformal part of these label sets."""

    def made(sets):
        space = Space(np.eye(13), np.zeros(13), np.ones((3, 13)))
        return replace(classifier, conformal=Conformal(0.98, 0.02, sets, space, np.arange(1.0, 5.0)))

    return made


@dataclass(frozen=True, eq=False)
class Trained:
    classifier: Classifier
    candidate: Candidate
    evidence: Evidence


@pytest.fixture(scope="session")
def trained(wine):
    """A version quickly trained on the shipped rows, as it is before it is saved."""
    recipe = replace(RECIPES["default"], epochs=40)
    validated = cross_validate(wine.x, np.eye(3)[wine.classes], recipe, 0, folds=5, repeats=2)
    classifier = Classifier(FEATURES, CLASSES, validated.standardizer, validated.network)
    candidate = Candidate(wine.x, wine.classes, validated)
    origin = Origin("wine", "wine.csv", "ab" * 32, recipe, 0, "0.1.0")
    return Trained(classifier, candidate, Evidence.of(classifier, candidate, origin, 4))
