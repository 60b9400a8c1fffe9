"""Inferred bounds: how far beyond what was found of a number a plausible one may lie."""

from __future__ import annotations

from decimal import ROUND_CEILING, ROUND_FLOOR, Context, Decimal
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from data.profiles import Profile

WIDENING: Final = Decimal("0.5")  # of the range, on each side
DIGITS: Final = 1  # of the range that bounds keep, after its first
EXACT: Final = Context(prec=1000)  # more digits than the sum of any two numbers has


def bounds_of(profile: Profile) -> tuple[float, float]:
    """The lowest and the highest plausible number, rounded outward so that they can be read.

    What was found, widened by half its range; what is never negative stays so, and what is never positive.
    """
    low, high = (Decimal(repr(each)) for each in (profile.minimum, profile.maximum))
    span = EXACT.subtract(high, low) or abs(high) or Decimal(1)
    power = span.adjusted() - DIGITS
    step = Decimal(1).scaleb(max(power, 0) if profile.whole else power)
    margin = EXACT.multiply(WIDENING, span)
    lower = _multiple(EXACT.subtract(low, margin), step, ROUND_FLOOR)
    upper = _multiple(EXACT.add(high, margin), step, ROUND_CEILING)
    return max(lower, 0.0) if low >= 0 else lower, min(upper, 0.0) if low < 0 >= high else upper


def _multiple(number: Decimal, step: Decimal, rounding: str) -> float:
    """The multiple of a step next to a number; finite, for no bound is beyond what a file can hold."""
    nearest = EXACT.multiply(EXACT.divide(number, step).to_integral_value(rounding), step)
    largest = 1.7976931348623157e308
    return min(max(float(nearest), -largest), largest)


def written(bound: float) -> int | float:
    """A bound as it is written: whole where it is, as far as a person reads its digits.

    >>> written(3.0), written(2.5), written(1e300)
    (3, 2.5, 1e+300)
    """
    return int(bound) if bound.is_integer() and abs(bound) < 1e15 else bound  # noqa: PLR2004


def apart(low: float, high: float) -> tuple[str, str]:
    """Two numbers as a person reads them: in six digits or, where these do not tell them apart, in all.

    >>> apart(0.1234567, 2), apart(20240101, 20240131), apart(0.5000001, 0.5000002)
    (('0.123457', '2'), ('20,240,101', '20,240,131'), ('0.5000001', '0.5000002'))
    """
    shown = f"{low:.6g}", f"{high:.6g}"
    return shown if low == high or shown[0] != shown[1] else (_in_full(low), _in_full(high))


def _in_full(number: float) -> str:
    return f"{number:,.0f}" if number == round(number) and abs(number) < 1e18 else repr(number)  # noqa: PLR2004
