import numpy as np
import pytest
from scipy.stats import multivariate_normal

from nn.columns import Column
from nn.encoding import PLAIN, Encoding
from nn.joint import Joint, log_sum
from nn.measures import Measures


@pytest.fixture(scope="module")
def joint(points):
    return Joint.of(*points)


@pytest.fixture(scope="module")
def points():
    rng = np.random.default_rng(0)
    classes = np.repeat([0, 1], [40, 60])
    mixing = np.array([[1.0, 0.5, 0.2], [0.0, 2.0, 0.3], [0.0, 0.0, 5.0]])
    return rng.standard_normal((100, 3)) @ mixing + 10 * classes[:, None] + 3, classes


def test_distances_and_densities_are_those_of_normal_distributions(joint, points):
    x, _ = points
    _, distances = joint.pulls(x)
    z = x / joint.scale
    logs = np.stack(
        [multivariate_normal(mean, cov).logpdf(z) for mean, cov in zip(joint.centers, joint.covariances, strict=True)],
        axis=1,
    )
    constant = 3 / 2 * np.log(2 * np.pi)
    assert np.allclose(-(distances + joint.log_determinants) / 2 - constant, logs)
    assert np.allclose(joint.log_density(distances) - constant, np.log(np.exp(logs).sum(axis=1)))


def test_in_another_order_of_columns_the_distances_are_the_same(joint, points):
    x, _ = points
    order = [2, 0, 1]
    assert np.allclose(joint.reordered(order).pulls(x[:, order])[1], joint.pulls(x)[1])


def test_a_column_of_one_value_does_not_divide_by_nothing(points):
    x, classes = points
    constant = np.column_stack([x, np.full(len(x), 7.0)])
    assert np.isfinite(Joint.of(constant, classes).pulls(constant)[1]).all()


def test_logs_far_from_zero_are_summed_without_overflow():
    assert np.allclose(log_sum(np.array([[1000.0, 1000.0]])), 1000 + np.log(2))


def test_a_joint_that_is_known_is_that_of_the_numbers_in_rows_that_miss_none(points):
    x, classes = points
    beside = np.column_stack([x[:, :2], np.arange(100) % 2, x[:, 2]])
    beside[::5, 0] = np.nan
    encoding = Encoding((Column(missing=True), Column(), Column(("a", "b")), Column()))
    found, kept = Joint.known(beside, classes, Measures.of(encoding, 4)), np.arange(100) % 5 > 0
    np.testing.assert_array_equal(found.covariances, Joint.of(x[kept], classes[kept]).covariances)


def test_a_class_whose_rows_all_miss_a_number_does_not_count(points):
    x, classes = points[0].copy(), points[1]
    x[classes == 0, 1] = np.nan
    found = Joint.known(x, classes, Measures.of(Encoding((Column(), Column(missing=True), Column())), 3))
    assert (len(found.centers), np.isfinite(found.precisions).all()) == (1, True)


@pytest.mark.parametrize(("rows", "columns"), [(100, 1), (23, 3)])
def test_of_one_column_or_of_few_rows_nothing_is_known(points, rows, columns):
    x, _ = points
    assert Joint.known(x[-rows:, :columns], np.zeros(rows, dtype=int), Measures.of(PLAIN, columns)) is None
