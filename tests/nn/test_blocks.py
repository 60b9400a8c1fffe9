import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from nn.blocks import BLOCK, by_blocks

ROWS = 2 * BLOCK + 300
RNG = np.random.default_rng(1)
X, MATRIX = RNG.normal(size=(ROWS, 13)), RNG.normal(size=(8, 13))
ALL = np.arange(ROWS)


def product(block):
    return MATRIX @ block


def answers(rows):
    return by_blocks(X[rows], rows, 8, product)


WHOLE = answers(ALL)


def test_what_comes_out_is_the_work_on_every_row():
    np.testing.assert_allclose(WHOLE, MATRIX @ X.T, rtol=1e-12, atol=1e-12)


@settings(max_examples=25)
@given(st.lists(st.integers(0, ROWS), max_size=4))
def test_how_the_rows_are_cut_changes_no_bit(cuts):
    parts = [answers(part) for part in np.split(ALL, sorted(cuts))]
    np.testing.assert_array_equal(np.concatenate(parts, axis=1), WHOLE)


@settings(max_examples=25)
@given(st.integers(0, 2**32), st.floats(0, 1))
def test_which_rows_come_with_a_row_changes_no_bit_of_it(seed, share):
    kept = np.flatnonzero(np.random.default_rng(seed).random(ROWS) < share)
    np.testing.assert_array_equal(answers(kept), WHOLE[:, kept])


def test_the_work_always_sees_a_whole_block():
    widths = []
    by_blocks(X[:5000], np.arange(5000) + 17, 8, lambda block: widths.append(block.shape) or product(block))
    assert widths == [(13, BLOCK), (13, BLOCK)]


def test_a_row_stands_where_its_number_says():
    number = BLOCK + 5
    seen = []
    by_blocks(X[:1], np.array([number]), 8, lambda block: seen.append(block.copy()) or product(block))
    np.testing.assert_array_equal(seen[0][:, 5], X[0])
    assert not np.delete(seen[0], 5, axis=1).any()


def test_no_rows_are_no_work():
    assert answers(np.arange(0)).shape == (8, 0)
