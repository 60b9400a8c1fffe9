import numpy as np
import pytest

from nn.backpropagation import Backpropagation
from nn.encoding import fit_standardizer
from nn.noise import Noise, move_rows
from nn.parameters import Parameters


@pytest.fixture(scope="module")
def z(wine):
    return fit_standardizer(wine.x).transform(wine.x)


def noise_of(wine, z, rows, amount=1.0):
    return Noise.of(z[rows], wine.classes[rows], amount)


def test_a_row_is_moved_by_the_scaled_difference_of_two_rows_of_its_class(wine, z):
    move = noise_of(wine, z, np.arange(178), 0.7).draw(np.random.default_rng(0))[60]
    own = z[wine.classes == wine.classes[60]]
    differences = (own[:, None] - own[None]) * 0.7 / np.sqrt(2)
    assert np.abs(differences - move).max(axis=2).min() == pytest.approx(0, abs=1e-12)


def test_the_noise_has_the_covariance_of_the_class(wine, z):
    rng, noise = np.random.default_rng(0), noise_of(wine, z, np.arange(178))
    barolo = wine.classes == 0
    moves = np.concatenate([noise.draw(rng)[barolo] for _ in range(300)])
    expected = np.cov(z[barolo].T, bias=True)
    np.testing.assert_allclose(np.cov(moves.T), expected, atol=0.05 * np.abs(expected).max())


def test_rows_in_any_order_are_moved_by_rows_of_their_own_class(wine, z):
    rows = np.random.default_rng(1).permutation(178)
    apart = z + 1000 * wine.classes[:, None]
    moves = noise_of(wine, apart, rows).draw(np.random.default_rng(0))
    assert np.abs(moves).max() < 100


def passes_of(z, lengths):
    passes = Backpropagation(Parameters(len(lengths), (13, 5, 3)), max(lengths), moved=True)
    for index, length in enumerate(lengths):
        passes.x[index, :, :length] = z[:length].T
    return passes


def test_the_gradient_sees_the_rows_moved_and_the_rows_stay_as_they_are(wine, z):
    passes, noise = passes_of(z, [178]), noise_of(wine, z, np.arange(178))
    move_rows(passes, [noise], [np.random.default_rng(0)])
    np.testing.assert_array_equal(passes.seen[0].T, z + noise.draw(np.random.default_rng(0)))
    np.testing.assert_array_equal(passes.x[0].T, z)


def test_each_member_draws_from_its_own_stream_and_only_for_its_own_rows(wine, z):
    passes, noises = passes_of(z, [178, 90]), [noise_of(wine, z, np.arange(length)) for length in (178, 90)]
    move_rows(passes, noises, [np.random.default_rng(seed) for seed in (3, 4)])
    expected = z[:90] + noises[1].draw(np.random.default_rng(4))
    np.testing.assert_array_equal(passes.seen[1, :, :90].T, expected)
    assert not passes.seen[1, :, 90:].any()
