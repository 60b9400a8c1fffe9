"""Rounding: the parameters of a classifier as float32, so that the last bits of its training leave no trace.

What BLAS and NumPy compute differs between kinds of processor in the last bits, and training carries that on; rounded,
the parameters are the same but for those that lie between two float32 to within these bits. What is subtracted from
rows is rounded by what they spread, not by how large they are: dates in seconds have the same digits before the day.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

import numpy as np

from nn.arrays import near
from nn.encoding import Standardizer
from nn.network import Network

if TYPE_CHECKING:
    from nn.classifier import Classifier

BITS: Final = 24  # of a float32


def rounded(classifier: Classifier) -> Classifier:
    """A classifier with its parameters rounded, as versions are made; those of its space are when they are fitted."""
    network, conformal = classifier.network, classifier.conformal
    return replace(
        classifier,
        standardizer=_rounded(classifier.standardizer),
        network=Network(tuple(map(near, network.weights)), tuple(map(near, network.biases))),
        conformal=conformal and replace(conformal, usual=near(conformal.usual)),
    )


def _rounded(standardizer: Standardizer) -> Standardizer:
    scale = near(standardizer.scale)
    step = np.ldexp(1.0, np.frexp(scale)[1] - BITS)
    return Standardizer(np.rint(standardizer.mean / step) * step, scale)
