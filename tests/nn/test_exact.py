from decimal import Decimal
from fractions import Fraction

import mpmath
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nn.encoding import Standardizer
from nn.exact import exact_distance, exact_point, exact_probabilities, nearest
from nn.network import Network, init_network

RNG = np.random.default_rng(0)
NETWORK = init_network((13, 8, 5, 3), RNG, "glorot")
STANDARDIZER = Standardizer(RNG.normal(5, 1, 13), RNG.uniform(0.1, 3, 13))


@pytest.mark.parametrize("size", [1, 1e6, 1e18])
def test_probabilities_are_those_of_another_arithmetic_to_forty_digits(size):
    row = RNG.normal(5, 3, 13) * size
    with mpmath.workdps(60):
        values = [
            (mpmath.mpf(x) - mean) / mpmath.mpf(scale)
            for x, mean, scale in zip(row.tolist(), STANDARDIZER.mean, STANDARDIZER.scale, strict=True)
        ]
        for layer, weight in enumerate(NETWORK.weights):
            sums = [mpmath.fdot(values, column.tolist()) for column in weight.T]
            values = [mpmath.tanh(each) for each in sums] if layer < 2 else sums
        powers = [mpmath.exp(each - max(values)) for each in values]
        expected = [Fraction(Decimal(mpmath.nstr(power / mpmath.fsum(powers), 50))) for power in powers]
    for found, share in zip(exact_probabilities(STANDARDIZER, NETWORK, row), expected, strict=True):
        assert abs(Fraction(found) - share) <= Fraction(1, 10**40) * share


def test_a_network_of_nothing_finds_all_classes_alike():
    nothing = Network((np.zeros((2, 3)),), (np.zeros(3),))
    answers = exact_probabilities(Standardizer(np.zeros(2), np.ones(2)), nothing, np.ones(2))
    assert [float(each) for each in answers] == [1 / 3] * 3


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (Decimal("0.1"), np.float32(0.1)),
        # By a hair more and less than what lies between two float32, which a float64 would not show.
        (Decimal("1.000000059604644775390625000000000001"), np.nextafter(np.float32(1), np.float32(2))),
        (Decimal("1.000000059604644775390624999999999999"), np.float32(1)),
        (Decimal("1e-60"), np.float32(0)),
        (Decimal("1e-4000000000"), np.float32(0)),  # of which no fraction can be made
        (Decimal("1.1e-45"), np.float32(1e-45)),
    ],
)
def test_a_number_is_rounded_once(value, expected):
    assert nearest(value) == expected


@given(st.decimals(0, 1, places=50))
def test_no_other_float32_is_nearer(value):
    found = nearest(value)
    for other in (np.nextafter(found, np.float32(-1)), np.nextafter(found, np.float32(2))):
        assert abs(Fraction(float(found)) - Fraction(value)) <= abs(Fraction(float(other)) - Fraction(value))


def test_a_distance_is_not_rounded():
    whitening, origin, centers = np.array([[1.0, 0.0], [2.0**60, 1.0]]), np.zeros(2), np.array([[1.0, 1.0], [9.0, 9.0]])
    assert exact_distance(np.array([1.0, 1.0]), whitening, origin, centers) == (2**60 - 8) ** 2 + 64
    assert exact_distance(np.array([1.0 + 2.0**-52, 0.0]), np.eye(2), origin, centers) == 1 + Fraction(1, 2**104)


def test_a_point_is_rounded_once():
    whitening, origin = np.array([[2.0**60], [1.0]]), np.array([-(2.0**60)])
    assert exact_point(np.array([1.0, 1.0]), whitening, origin).tolist() == [1.0]  # in float64 it would be 0


@given(st.integers(0, 2**32), st.integers(1, 9), st.sampled_from([1e-200, 1e-3, 1.0, 1e60, 1e150]))
def test_every_coordinate_of_a_point_is_the_rational_one_rounded(seed, size, scale):
    rng = np.random.default_rng(seed)
    row = rng.normal(size=size) * scale * (rng.random(size) < 0.8)
    whitening = (
        rng.normal(size=(size, size)) * np.exp(rng.normal(scale=9, size=size)) * (rng.random((size, size)) < 0.8)
    )
    origin = -(row @ whitening) * (1 + rng.choice([0, 1e-15], size))  # nearly all of it cancels
    expected = [
        float(sum((Fraction(a) * Fraction(b) for a, b in zip(row, column, strict=True)), Fraction(start)))
        for column, start in zip(whitening.T, origin, strict=True)
    ]
    assert exact_point(row, whitening, origin).tolist() == expected
