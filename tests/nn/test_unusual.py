import numpy as np
import pytest

from nn.columns import Column
from nn.encoding import Encoding
from nn.joint import Joint
from nn.unusual import Finding, Usual, deviations
from work import TABLE, WINE


@pytest.fixture(scope="module")
def points():
    """Rows of two columns that go together and one that goes its own way."""
    rng = np.random.default_rng(0)
    first = rng.standard_normal(500)
    x = np.column_stack([first, first + 0.1 * rng.standard_normal(500), rng.uniform(10, 20, 500)])
    return x, np.repeat([0, 1], 250)


def test_what_lies_beyond_all_training_rows_comes_first_and_what_few_exceed_after_it(points):
    x, classes = points
    usual = Usual.of(x, classes)
    high = np.sort(x[:, 0])[-5]
    assert usual.findings([high, x[:, 1].max() + 1, 9.0])[-1] == Finding(0, "rare", high=True, share=0.01)
    assert {(each.column, each.kind, each.high) for each in usual.findings([high, x[:, 1].max() + 1, 9.0])} == {
        (0, "rare", True), (1, "outside", True), (2, "outside", False),
    }  # fmt: skip


def test_what_is_usual_by_itself_may_not_go_with_the_others(points):
    (found,) = Usual.of(*points).findings([1.0, -1.0, 15.0])
    assert (found.column in {0, 1}, found.kind, found.share < 0.01) == (True, "apart", True)
    assert found.high == (found.column == 0)


def test_an_ordinary_row_is_unusual_in_nothing(points):
    assert Usual.of(*points).findings([0.3, 0.3, 15.0]) == []


def test_deviations_are_those_of_a_regression_on_the_other_columns(points):
    x, _ = points
    joint = Joint.of(x, np.zeros(len(x), dtype=int))
    covariance, z = joint.covariances[0], (x / joint.scale - joint.centers[0])
    slope = np.linalg.solve(covariance[1:, 1:], covariance[1:, 0])
    spread = np.sqrt(covariance[0, 0] - slope @ covariance[1:, 0])
    assert np.allclose(deviations(joint, x)[:, 0], (z[:, 0] - z[:, 1:] @ slope) / spread)


def test_of_too_few_rows_nothing_is_said_of_what_goes_with_what(points):
    x, classes = points
    usual = Usual.of(x[::25], classes[::25])
    assert usual.joint is None
    middle = np.median(x[::25], axis=0)
    assert usual.findings(middle) == []


def test_a_row_of_the_shipped_table_is_never_beyond_it():
    x = np.loadtxt(WINE, delimiter=",", skiprows=1, usecols=range(1, 14))
    usual = Usual.of(x, np.repeat([0, 1, 2], [59, 71, 48]))
    kinds = [each.kind for row in x for each in usual.findings(row)]
    assert (len(TABLE.features), "outside" in kinds, "apart" in kinds) == (13, False, True)


@pytest.fixture(scope="module")
def coloured(points):
    """The same beside a category, a third of the rows missing the first number."""
    x, classes = points
    colours = np.where(np.arange(500) < 5, 1.0, 0.0)
    x = np.column_stack([colours, x])
    x[::3, 1] = np.nan
    encoding = Encoding((Column(("red", "white"), unseen=True), Column(missing=True), Column(), Column()))
    return x, Usual.of(x, classes, encoding)


@pytest.mark.parametrize(
    ("row", "found"),
    [
        ([0, 0.3, 0.3, 15], []),
        ([1, 0.3, 0.3, 15], [Finding(0, "level", high=False, share=0.01)]),
        ([-1, 0.3, 0.3, 25], [Finding(0, "level", high=False, share=0), Finding(3, "outside", high=True, share=0)]),
        ([0, np.nan, 0.3, 15], []),  # as many rows are; and what goes with what is not asked of it
    ],
)
def test_a_rare_level_is_unusual_and_what_is_often_missing_is_not(coloured, row, found):
    assert coloured[1].findings(row) == found


def test_what_goes_with_what_is_asked_of_numbers_in_rows_that_miss_none(coloured, points):
    x, usual = coloured
    kept = ~np.isnan(x[:, 1])
    expected = Usual.of(points[0][kept], points[1][kept])
    np.testing.assert_array_equal(usual.apart, expected.apart)
    (found,), (other,) = usual.findings([0, 1.0, -1.0, 15.0]), expected.findings([1.0, -1.0, 15.0])
    assert (found.kind, found.column, found.share) == ("apart", other.column + 1, other.share)


def test_a_value_where_all_training_rows_miss_theirs_is_no_bug():
    usual = Usual.of(np.full((20, 1), np.nan), np.zeros(20, dtype=int), Encoding((Column(missing=True),)))
    assert usual.findings([3.0]) == []
