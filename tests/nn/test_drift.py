import numpy as np
import pytest

from nn.drift import Reference, in_words, stability_index
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
    assert (Reference.of("abc", x, np.zeros(1000, dtype=int), 1).counts == 100).all()


def test_rows_outside_the_training_range_are_counted(wine, reference):
    x = wine.x.copy()
    x[:10, 0] = 20
    assert reference.spread(x).outside.tolist() == [10] + [0] * 12


def test_bins_and_ranges_are_numpys_own_counts(wine, reference):
    x = np.asfortranarray(wine.x * np.random.default_rng(0).normal(1, 0.3, wine.x.shape))
    spread = reference.spread(x)
    for at, column in enumerate(x.T):
        place = np.searchsorted(reference.edges[at], column)  # a value on an edge is not above it
        np.testing.assert_array_equal(spread.bins[at], np.bincount(place, minlength=10))
        outside = (column < wine.x[:, at].min()) | (column > wine.x[:, at].max())
        assert spread.outside[at] == outside.sum()


def test_spreads_of_parts_add_up(wine, reference):
    whole, parts = reference.spread(wine.x), [reference.spread(part) for part in np.split(wine.x, [3, 100])]
    added = parts[0] + parts[1] + parts[2]
    np.testing.assert_array_equal(added.bins, whole.bins)
    np.testing.assert_array_equal(added.outside, whole.outside)


@pytest.mark.parametrize(("index", "word"), [(0.05, "small"), (0.1, "moderate"), (0.3, "large")])
def test_an_index_in_words(index, word):
    assert in_words(index) == word
