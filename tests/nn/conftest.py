from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from nn.joint import Joint

SHIPPED = Path(__file__).parents[2] / "data" / "raw" / "wine.csv"


@dataclass(frozen=True, eq=False)
class Wine:
    x: np.ndarray
    classes: np.ndarray
    y: np.ndarray


@pytest.fixture(scope="session")
def wine():
    table = np.genfromtxt(SHIPPED, delimiter=",", skip_header=1)
    classes = table[:, 0].astype(np.intp) - 1
    return Wine(table[:, 1:], classes, np.eye(3)[classes])


@pytest.fixture(scope="session")
def joint(wine):
    return Joint.of(wine.x, wine.classes)
