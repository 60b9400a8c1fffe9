import numpy as np
import pytest
from hypothesis import given

from mixed import encoded
from nn.columns import Column
from nn.drift import Reference, in_words, stability_index
from nn.encoding import Encoding
from nn.fingerprints import fingerprint

NAMES = tuple(f"f{at}" for at in range(13))


@pytest.fixture(scope="module")
def reference(wine):
    return Reference.of(NAMES, wine.x, wine.classes, 3)


def test_training_rows_are_known_again_and_others_are_not(wine, reference):
    assert reference.seen(fingerprint(wine.x)).all()
    assert not reference.seen(fingerprint(wine.x + 0.001)).any()


def test_the_stability_index_is_the_sum_by_hand():
    found, expected = np.array([10, 30]), np.array([20, 20])
    a, b = (10.5 / 41, 30.5 / 41), (0.5, 0.5)
    by_hand = sum((x - y) * np.log(x / y) for x, y in zip(a, b, strict=True))
    assert stability_index(found, expected) == pytest.approx(by_hand)


def indices(reference, x):
    """The stability index of each feature of these rows, by name."""
    bins = zip(NAMES, reference.spread(x).bins, reference.counts, strict=True)
    return {name: stability_index(found, expected) for name, found, expected in bins}


def test_the_same_rows_have_not_drifted(wine, reference):
    assert max(indices(reference, wine.x).values()) == pytest.approx(0)
    assert stability_index(np.bincount(wine.classes), reference.labels) == pytest.approx(0)


def test_a_shifted_feature_has_drifted_and_no_other(wine, reference):
    x = wine.x.copy()
    x[:, 4] += 30
    words = {name: in_words(index) for name, index in indices(reference, x).items()}
    assert words.pop("f4") == "large"
    assert set(words.values()) == {"small"}


def test_a_tenth_of_the_training_rows_lies_in_each_bin():
    x = np.random.default_rng(0).normal(size=(1000, 3))
    assert (np.array(Reference.of("abc", x, np.zeros(1000, dtype=int), 1).counts) == 100).all()


def test_rows_outside_the_training_range_are_counted(wine, reference):
    x = wine.x.copy()
    x[:10, 0] = 20
    assert reference.spread(x).outside.tolist() == [10] + [0] * 12


def test_bins_and_ranges_are_numpys_own_counts(wine, reference):
    x = np.asfortranarray(wine.x * np.random.default_rng(0).normal(1, 0.3, wine.x.shape))
    spread = reference.spread(x)
    for at, column in enumerate(x.T):
        place = np.searchsorted(reference.bins[at].edges, column)  # a value on an edge is not above it
        np.testing.assert_array_equal(spread.bins[at], np.bincount(place, minlength=10))
        outside = (column < wine.x[:, at].min()) | (column > wine.x[:, at].max())
        assert spread.outside[at] == outside.sum()


def test_spreads_of_parts_add_up(wine, reference):
    whole, parts = reference.spread(wine.x), [reference.spread(part) for part in np.split(wine.x, [3, 100])]
    added = parts[0] + parts[1] + parts[2]
    np.testing.assert_array_equal(added.bins, whole.bins)
    np.testing.assert_array_equal(added.outside, whole.outside)


ENCODING = Encoding((Column(("a", "b"), unseen=True, missing=True), Column(missing=True)))


def test_the_drift_of_levels_is_the_sum_by_hand():
    levels = [0.0] * 6 + [1.0] * 3 + [np.nan]
    x = np.column_stack([levels, np.arange(10.0)])
    reference = Reference.of(["level", "number"], x, np.zeros(10, dtype=int), 1, ENCODING)
    batch = np.column_stack([[1.0, 1.0, -1.0, np.nan], [np.nan, 1.0, 2.0, 3.0]])
    found, expected = (0.5, 2.5, 1.5, 1.5), (6.5, 3.5, 0.5, 1.5)  # half a row more in each of a, b, unseen, missing
    by_hand = sum((x / 6 - y / 12) * np.log((x / 6) / (y / 12)) for x, y in zip(found, expected, strict=True))
    spread = reference.spread(batch)
    assert stability_index(spread.bins[0], reference.counts[0]) == pytest.approx(by_hand)
    assert spread.outside.tolist() == [1, 0]
    assert (spread.bins[1][-1], spread.bins[1].sum()) == (1, 4)


@given(encoded())
def test_spreads_of_any_columns_add_up_whatever_the_order_of_the_rows(table):
    encoding, x = table
    reference = Reference.of("abcde"[: x.shape[1]], x, np.zeros(len(x), dtype=int), 1, encoding)
    added = reference.empty() + reference.spread(x[1:]) + reference.spread(x[:1])
    for counts, expected in zip(added.bins, reference.counts, strict=True):
        np.testing.assert_array_equal(counts, expected)
    assert not added.outside.any()
    assert reference.seen(fingerprint(x[::-1])).all()


@pytest.mark.parametrize(("index", "word"), [(0.05, "small"), (0.1, "moderate"), (0.3, "large")])
def test_an_index_in_words(index, word):
    assert in_words(index) == word
