from __future__ import annotations

import numpy as np
import pytest

from nn import fingerprints
from nn.fingerprints import Repeats, fingerprint


@pytest.fixture
def x():
    return np.random.default_rng(0).normal(size=(1000, 13)).round(2)


def test_different_rows_have_different_fingerprints(x):
    assert len(np.unique(fingerprint(x))) == 1000
    assert len(np.unique(fingerprint(x + np.eye(1000, 13) * 1e-12))) == 1000


@pytest.mark.parametrize("order", ["C", "F"])
def test_a_row_has_the_same_wherever_it_stands(x, order):
    whole = fingerprint(np.asarray(x, order=order))
    assert (fingerprint(x[500:])[::-1] == whole[500:][::-1]).all()


def test_the_order_of_the_values_counts(x):
    assert (fingerprint(x) != fingerprint(x[:, ::-1])).all()


def test_minus_zero_is_zero():
    assert fingerprint(np.array([[-0.0]])) == fingerprint(np.array([[0.0]]))


def test_a_missing_value_is_one_value_whatever_its_bits():
    odd = np.array([0x7FF8000000000001, 0xFFF8000000000000, 0x7FF8000000000000], dtype=np.uint64).view(float)
    assert len({*fingerprint(np.column_stack([odd, np.ones(3)])).tolist()}) == 1
    assert fingerprint(np.array([[np.nan, 0]])) != fingerprint(np.array([[0, np.nan]]))


def test_repeats_are_counted_over_chunks(x):
    repeats = Repeats()
    for chunk in (x[:400], x[400:], x[:7], np.empty((0, 13))):
        repeats.add(fingerprint(chunk))
    assert repeats.count() == 7


def test_repeats_are_all_rows_but_the_different_ones():
    numbers = np.random.default_rng(0).integers(0, 300, 1000).astype(np.uint64)
    repeats = Repeats()
    repeats.add(numbers)
    assert repeats.count() == 1000 - len(set(numbers.tolist()))


def test_nothing_repeats_nothing():
    assert Repeats().count() == 0


def test_beyond_its_limit_nobody_counts(x, monkeypatch):
    monkeypatch.setattr(fingerprints, "MOST_ROWS", 1000)
    repeats = Repeats()
    repeats.add(fingerprint(x))
    assert repeats.count() == 0
    repeats.add(fingerprint(x[:1]))
    assert repeats.count() is None
