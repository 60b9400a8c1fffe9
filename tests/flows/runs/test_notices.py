import pytest

from data.errors import SourceError
from flows.jobs.batch import Batch
from flows.runs.notices import Thresholds, notices
from work import WINE, label


@pytest.fixture
def batch(home):
    return label(WINE, home)


def spoiled(folder, rows, factor=1.0):
    """The shipped table with so many rows to reject and proline multiplied in the others."""
    header, *lines = WINE.read_text().splitlines()
    table = [line.split(",") for line in lines]
    for at, row in enumerate(table):
        row[13] = "9999" if at < rows else str(min(float(row[13]) * factor, 2999))
    (folder / "wine.csv").write_text("\n".join([header, *map(",".join, table)]) + "\n")
    return folder / "wine.csv"


def test_of_an_ordinary_batch_there_is_nothing_to_say(batch):
    assert list(notices(batch, Thresholds())) == []


def test_a_refusal_is_reported_with_its_reason():
    batch = Batch.refused("bad.csv", SourceError("bad.csv: no table"))
    assert list(notices(batch, Thresholds())) == ["bad was refused: bad.csv: no table"]


@pytest.mark.parametrize(("threshold", "reported"), [(0.05, True), (10 / 178, False)])
def test_rejects_are_reported_above_the_threshold_alone(home, tmp_path, threshold, reported):
    batch = label(spoiled(tmp_path, 10), home)
    said = list(notices(batch, Thresholds(rejects=threshold)))
    assert said == (["wine: 10 of 178 rows rejected, more than 5%"] if reported else [])


def test_large_drift_is_reported_by_feature(home, tmp_path):
    (said,) = notices(label(spoiled(tmp_path, 0, 1.7), home), Thresholds(review=1))
    assert said == "wine: large drift against the training rows in proline"
