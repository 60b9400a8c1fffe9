"""Exact answers: one row at a time, in decimal or rational arithmetic, for the few rows that rounding errors decide."""

from __future__ import annotations

from decimal import MAX_EMAX, MIN_EMIN, Context, Decimal, localcontext
from fractions import Fraction
from math import fsum
from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from nn.arrays import Array
    from nn.encoding import Standardizer
    from nn.network import Network

DIGITS: Final = 50
HALF: Final = 2.0**27 + 1  # of the 53 bits of a float
LARGEST_FACTOR: Final = 1e100
LONGEST_FLOAT32: Final = 200  # digits: more than the longest of them has


def exact_probabilities(standardizer: Standardizer, network: Network, row: Array) -> list[Decimal]:
    """The probabilities of a raw row (d,), to about 45 digits: (k,); NaN of parameters that are no numbers."""
    with localcontext(Context(prec=DIGITS, Emin=MIN_EMIN, Emax=MAX_EMAX, traps=[])):
        parts = (_decimals(each) for each in (row, standardizer.mean, standardizer.scale))
        values = [(value - mean) / scale for value, mean, scale in zip(*parts, strict=True)]
        *hidden, (weight, bias) = zip(network.weights, network.biases, strict=True)
        for inner, offset in hidden:
            values = [_tanh(each) for each in _sums(values, inner, offset)]
        scores = _sums(values, weight, bias)
        powers = [(score - max(scores)).exp() for score in scores]
        return [power / sum(powers) for power in powers]


def nearest(value: Decimal) -> np.float32:
    """The float32 nearest to a number, by way of float64 it would be rounded twice; NaN for what is none."""
    if not value.is_finite():
        return np.float32(np.nan)
    found = np.float32(float(value))
    around = (found, np.nextafter(found, np.float32(-np.inf)), np.nextafter(found, np.float32(np.inf)))
    with localcontext(Context(prec=LONGEST_FLOAT32, Emin=MIN_EMIN, Emax=MAX_EMAX)):
        return min(around, key=lambda each: abs(Decimal(float(each)) - value))


def exact_distance(row: Array, whitening: Array, origin: Array, centers: Array) -> Fraction:
    """The squared distance of a raw row (d,) to the nearest centre, in the space of `nn.conformal.Space`."""
    point = _point(row, whitening, origin)
    return min(
        sum(((at - Fraction(to)) ** 2 for at, to in zip(point, center, strict=True)), Fraction())
        for center in centers.tolist()
    )


def exact_point(row: Array, whitening: Array, origin: Array) -> Array:
    """The point ``row @ whitening + origin`` of a raw row (d,), each coordinate rounded once: (d,).

    Sums of products and of what rounding took from these, which are floats too (Dekker, 1971), as long as none is out
    of the range of floats: in a thirtieth of the time that rational numbers take.
    """
    if not all(_moderate(each) for each in (row, whitening)):
        return np.array([float(each) for each in _point(row, whitening, origin)])
    products = row[:, None] * whitening
    (high, low), (upper, lower) = _halves(row[:, None]), _halves(whitening)
    errors = ((high * upper - products) + high * lower + low * upper) + low * lower
    terms = np.concatenate([products, errors, origin[None]])
    return np.array([fsum(each) for each in terms.T.tolist()])


def _moderate(numbers: Array) -> bool:
    """Whether products of such numbers, and their errors, are far from the ends of what a float can be."""
    sizes = np.abs(numbers[numbers != 0])
    return bool((sizes > 1 / LARGEST_FACTOR).all() and (sizes < LARGEST_FACTOR).all())


def _halves(numbers: Array) -> tuple[Array, Array]:
    """Two numbers of half as many digits each, whose sums they are (Veltkamp, 1968)."""
    shifted = HALF * numbers
    high = shifted - (shifted - numbers)
    return high, numbers - high


def _point(row: Array, whitening: Array, origin: Array) -> list[Fraction]:
    values = [*map(Fraction, row.tolist())]
    return [
        sum((value * Fraction(each) for value, each in zip(values, weights, strict=True)), Fraction(start))
        for weights, start in zip(whitening.T.tolist(), origin.tolist(), strict=True)
    ]


def _decimals(numbers: Array) -> list[Decimal]:
    return [*map(Decimal, numbers.tolist())]


def _sums(values: Sequence[Decimal], weight: Array, bias: Array) -> list[Decimal]:
    return [
        sum((value * each for value, each in zip(values, _decimals(column), strict=True)), start)
        for column, start in zip(weight.T, _decimals(bias), strict=True)
    ]


def _tanh(value: Decimal) -> Decimal:
    power = (-2 * abs(value)).exp()
    return ((1 - power) / (1 + power)).copy_sign(value)
