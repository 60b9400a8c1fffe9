import numpy as np
import pytest

from data.errors import SourceError
from flows.state.ledger import record_of
from flows.state.measurements import measurements
from work import FEATURES, LINES, bottles, label


@pytest.fixture
def batch(trained_home, tmp_path):
    """A home and a batch of the bottles 5, 3 and 9 in it."""
    import shutil

    from flows.state.home import Home

    home = Home.at(shutil.copytree(trained_home, tmp_path / "home"))
    path = bottles(tmp_path / "three.csv", 5, 3, 9)
    label(path, home)
    return home, path


def of(place):
    return [float(cell) for cell in LINES[place].split(",")[1:]]


def test_the_measurements_of_rows_come_in_the_order_they_are_asked_for(batch):
    home, _ = batch
    found = measurements(home, "three", record_of(home, "three"), np.array([2, 0, 2]))
    assert found.tolist() == [of(9), of(5), of(9)]


def test_a_row_that_is_not_there_has_none(batch):
    home, _ = batch
    assert np.isnan(measurements(home, "three", record_of(home, "three"), np.array([3]))).all()
    assert measurements(home, "three", record_of(home, "three"), np.empty(0, dtype=int)).shape == (0, len(FEATURES))


def test_of_an_input_that_is_gone_nothing_is_known(batch):
    home, path = batch
    path.unlink()
    with pytest.raises(SourceError, match="is not there"):
        measurements(home, "three", record_of(home, "three"), np.array([0]))
