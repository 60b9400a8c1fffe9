import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from nn.sample import RUN, RUNS, Sample


def rows(numbers):
    return np.stack([numbers, -numbers], axis=1).astype(float)


def test_a_file_of_up_to_a_thousand_rows_is_its_own_sample():
    numbers = np.arange(RUN * RUNS)
    sample = Sample.of(numbers, rows(numbers))
    assert np.array_equal(sample.numbers, numbers)


def test_of_a_longer_file_whole_runs_of_rows_are_kept_with_their_numbers():
    numbers = np.arange(100_000)
    sample = Sample.of(numbers, rows(numbers))
    runs, lengths = np.unique(sample.numbers // RUN, return_counts=True)
    assert len(runs) == RUNS
    assert set(lengths) == {RUN}
    assert np.array_equal(sample.x, rows(sample.numbers))
    assert sample.numbers.max() > 50_000  # from all over it


@given(st.lists(st.integers(1, 5_000), max_size=8), st.integers(0, 2**32))
def test_however_a_file_is_cut_the_sample_is_the_same(cuts, seed):
    numbers = np.flatnonzero(np.random.default_rng(seed).random(9_000) < 0.9)  # some rows are rejected
    whole = Sample.of(numbers, rows(numbers))
    parts = np.split(numbers, sorted(cut for cut in cuts if cut < len(numbers)))
    total = Sample.empty(2)
    for part in parts:
        total += Sample.of(part, rows(part))
    assert np.array_equal(total.numbers, whole.numbers)
    assert np.array_equal(total.x, whole.x)
