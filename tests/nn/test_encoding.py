import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.preprocessing import LabelBinarizer, StandardScaler

from nn.encoding import fit_standardizer, one_hot


def test_the_standardizer_is_scikit_learns(wine):
    ours, theirs = fit_standardizer(wine.x), StandardScaler().fit(wine.x)
    np.testing.assert_allclose(ours.mean, theirs.mean_, rtol=1e-13)
    np.testing.assert_allclose(ours.scale, theirs.scale_, rtol=1e-13)
    np.testing.assert_allclose(ours.transform(wine.x), theirs.transform(wine.x), atol=1e-12)


def test_new_rows_are_standardized_by_the_rows_it_was_fitted_on(wine):
    theirs = StandardScaler().fit(wine.x[::2])
    ours = fit_standardizer(wine.x[::2])
    np.testing.assert_allclose(ours.transform(wine.x[1::2]), theirs.transform(wine.x[1::2]), atol=1e-12)


@pytest.mark.parametrize("value", [0.0, 0.1, 7.3, -1e9, 1e-300])  # the computed SD of 0.1 repeated is not quite zero
def test_a_constant_column_becomes_zeros(wine, value):
    x = wine.x.copy()
    x[:, 4] = value
    standardizer = fit_standardizer(x)
    assert standardizer.scale[4] == 1
    assert not standardizer.transform(x)[:, 4].any()


def test_how_the_rows_lie_in_memory_changes_no_bit(wine):
    ours, theirs = fit_standardizer(wine.x), fit_standardizer(np.asfortranarray(wine.x))
    np.testing.assert_array_equal(ours.mean, theirs.mean)
    np.testing.assert_array_equal(ours.scale, theirs.scale)


@given(st.lists(st.integers(0, 4)))
def test_one_hot_has_its_one_at_the_index(indices):
    rows = one_hot(np.array(indices, dtype=np.intp), 5)
    assert rows.shape == (len(indices), 5)
    assert rows.argmax(axis=1).tolist() == indices
    assert rows.sum() == len(indices)


def test_one_hot_is_scikit_learns(wine):
    np.testing.assert_array_equal(one_hot(wine.classes, 3), LabelBinarizer().fit_transform(wine.classes))


@pytest.mark.parametrize("indices", [[0, 3], [-1, 2], [1, 2, 3], [-3]])
def test_an_index_that_is_no_class_is_refused(indices):
    with pytest.raises(ValueError, match=rf"0 to 2; found {min(indices)} to {max(indices)}"):
        one_hot(np.array(indices), 3)
