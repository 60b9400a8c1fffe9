import numpy as np
import pytest

from flows.jobs.range_parts import RangeParts
from nn.sample import Sample


@pytest.fixture
def parts(tmp_path):
    return RangeParts.at(lambda what: tmp_path / what)


@pytest.mark.parametrize("rows", [0, 1, 70])
def test_a_sample_is_kept_to_the_last_bit(parts, rows):
    x = np.random.default_rng(0).normal(size=(rows, 13))
    x[::3, 2] = np.nan
    parts.keep_sample(Sample(np.arange(rows) * 5, x))
    kept = parts.kept_sample()
    assert kept.numbers.tolist() == [row * 5 for row in range(rows)]
    assert kept.x.tobytes() == x.tobytes()
    assert kept.x.shape == (rows, 13)


@pytest.mark.parametrize("sizes", [[], [0], [3, 0, 5]])
def test_fingerprints_are_kept_in_order(parts, sizes):
    prints = [np.arange(size, dtype=np.uint64) << np.uint64(60) for size in sizes]
    parts.keep_prints(prints)
    assert parts.kept_prints().tolist() == [each for some in prints for each in some.tolist()]


def test_all_parts_are_removed_that_there_are(parts, tmp_path):
    parts.keep_prints([])
    parts.labels.after.touch()
    (tmp_path / "another").touch()
    parts.remove()
    assert [path.name for path in tmp_path.iterdir()] == ["another"]


def test_every_part_is_staged_under_its_own_name(parts, tmp_path):
    staged = parts.staged(lambda path: tmp_path / "staged" / path.name)
    assert [path.name for path in staged] == [path.name for path in parts]
    assert len({*staged, *parts}) == 12
