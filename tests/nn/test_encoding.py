import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.impute import MissingIndicator
from sklearn.preprocessing import LabelBinarizer, StandardScaler

from mixed import encoded
from nn.columns import Column
from nn.encoding import PLAIN, Encoding, fit_standardizer, one_hot


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


def dummies(x, encoding):
    """The inputs as pandas and scikit-learn make them, missing numbers still missing."""
    parts = []
    for column, values in zip(encoding.columns, x.T, strict=True):
        texts = pd.Series(values).map(dict(enumerate(column.levels)))
        if not column.levels:
            parts.append(values[:, None])
        else:
            kinds = pd.CategoricalDtype([*column.levels, *["unseen"] * column.unseen])
            texts = texts.where(texts.notna() | np.isnan(values), "unseen").astype(kinds)
            parts.append(pd.get_dummies(texts).to_numpy(dtype=float))
        if column.missing:
            indicator = MissingIndicator(features="all").fit_transform(values[:, None])
            parts.append(indicator.astype(float))
    return np.column_stack(parts)


@given(encoded())
def test_inputs_are_those_of_pandas_and_scikit_learn(table):
    encoding, x = table
    inputs = encoding.inputs(x)
    np.testing.assert_array_equal(inputs, dummies(x, encoding))
    assert inputs.shape == (len(x), encoding.width(x.shape[1])) == (len(x), len(encoding.names("abcde"[: x.shape[1]])))


@given(encoded(), st.randoms(use_true_random=False))
def test_permuting_rows_permutes_inputs(table, random):
    encoding, x = table
    order = random.sample(range(len(x)), len(x))
    np.testing.assert_array_equal(encoding.inputs(x[order]), encoding.inputs(x)[order])


@given(encoded(least=2))
def test_numbers_are_standardized_as_by_scikit_learn_and_flags_stay_as_they_are(table):
    encoding, x = table
    inputs, flags = encoding.inputs(x), encoding.flags(x.shape[1])
    z = fit_standardizer(inputs, flags).transform(inputs)
    np.testing.assert_array_equal(z[:, flags], inputs[:, flags])
    scored = ~flags & ~np.isnan(inputs).all(axis=0)
    assert not z[:, ~flags & ~scored].any()
    if scored.any():
        theirs = StandardScaler().fit_transform(inputs[:, scored])
        np.testing.assert_allclose(z[:, scored], np.nan_to_num(theirs), atol=1e-6)


@given(encoded())
def test_a_missing_number_is_exactly_zero_and_no_other_value_is_moved(table):
    encoding, x = table
    inputs = encoding.inputs(x)
    standardizer = fit_standardizer(inputs, encoding.flags(x.shape[1]))
    filled, missing = standardizer.filled(inputs), np.isnan(inputs)
    assert not standardizer.transform(inputs)[missing].any()
    np.testing.assert_array_equal(filled[~missing], inputs[~missing])


def test_plain_rows_are_not_even_copied(wine):
    for encoding in (PLAIN, Encoding((Column(),) * 13)):
        assert encoding.inputs(wine.x) is wine.x
        assert (encoding.width(13), encoding.flags(13).any(), encoding.numbers(13)) == (13, False, [*range(13)])
    assert fit_standardizer(wine.x).filled(wine.x) is wine.x


def test_what_is_no_number_in_one_column_changes_no_bit_of_the_others(wine):
    x = wine.x.copy()
    x[::7, 4] = np.nan
    ours, whole = fit_standardizer(x), fit_standardizer(wine.x)
    others = np.arange(13) != 4
    np.testing.assert_array_equal(ours.mean[others], whole.mean[others])
    np.testing.assert_array_equal(ours.scale[others], whole.scale[others])
    assert ours.mean[4] == pytest.approx(np.nanmean(x[:, 4]), rel=1e-14)


def test_numbers_without_end_are_not_missing():
    with np.errstate(invalid="ignore"):
        assert np.isnan(fit_standardizer(np.array([[np.inf], [-np.inf]])).mean).all()
