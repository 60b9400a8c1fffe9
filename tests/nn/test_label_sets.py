import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from scipy.optimize import isotonic_regression
from scipy.stats import binom

from nn.label_sets import ByMass, ByThreshold, coin_toss, fit_mass, mass_before
from nn.metrics import likeliest
from nn.network import softmax

MASSES = st.floats(0, 1) | st.sampled_from([0.0, 0.5, 0.98, 1.0])


@st.composite
def answers(draw):
    """Probabilities (n, k), in one of both layouts, many of them equal within their row or zero."""
    shape = draw(st.tuples(st.integers(0, 8), st.integers(1, 6)))
    weights = draw(hnp.arrays(float, shape, elements=st.integers(0, 4) | st.floats(0, 1e3)))
    weights[weights.sum(axis=1) == 0] = 1
    return draw(st.sampled_from([np.ascontiguousarray, np.asfortranarray]))(weights / weights.sum(axis=1)[:, None])


def one_set(row, mass):
    """The set of one row as one would do it by hand: take the likeliest left until more than the mass is held."""
    held, belongs = 0.0, set()
    for at in sorted(range(len(row)), key=lambda at: -row[at]):
        if min(held, 1.0) > mass and row[at] < min(row[one] for one in belongs):
            break
        belongs.add(at)
        held += row[at]
    return belongs


@given(answers(), MASSES)
def test_sets_are_those_of_a_loop_over_rows_and_classes(probabilities, mass):
    expected = [one_set(row.tolist(), mass) for row in probabilities]
    assert [set(np.flatnonzero(each)) for each in ByMass(mass)(probabilities)] == expected


@given(answers(), MASSES)
def test_the_likeliest_class_belongs_and_no_class_likelier_than_one_in_the_set_is_left_out(probabilities, mass):
    sets = ByMass(mass)(probabilities)
    assert sets[np.arange(len(sets)), likeliest(probabilities)].all()
    least = np.where(sets, probabilities, 2.0).min(axis=1, keepdims=True)
    assert (sets == (probabilities >= least)).all()


@given(answers(), MASSES, MASSES)
def test_a_larger_mass_takes_no_class_away(probabilities, one, other):
    small, large = (ByMass(mass)(probabilities) for mass in sorted([one, other]))
    assert (small <= large).all()


@given(answers(), MASSES, st.randoms())
def test_classes_in_another_order_have_their_sets_in_that_order(probabilities, mass, random):
    order = list(range(probabilities.shape[1]))
    random.shuffle(order)
    np.testing.assert_array_equal(ByMass(mass)(probabilities[:, order]), ByMass(mass)(probabilities)[:, order])


@given(answers(), MASSES)
def test_a_row_has_the_same_set_alone(probabilities, mass):
    sets = ByMass(mass)(probabilities)
    alone = [ByMass(mass)(probabilities[at : at + 1])[0] for at in range(len(sets))]
    np.testing.assert_array_equal(sets, np.array(alone, dtype=bool).reshape(sets.shape))


@given(answers(), st.data())
def test_a_class_is_in_the_set_as_soon_as_the_mass_reaches_those_before_it(probabilities, data):
    classes = data.draw(hnp.arrays(np.intp, len(probabilities), elements=st.integers(0, probabilities.shape[1] - 1)))
    for at, before in enumerate(mass_before(probabilities, classes)):
        row, given_class = probabilities[at : at + 1], classes[at]
        assert ByMass(float(before))(row)[0, given_class]
        assert before == 0 or not ByMass(float(np.nextafter(before, 0)))(row)[0, given_class]


def test_sets_grow_with_doubt():
    rows = [[0.99, 0.01, 0], [0.97, 0.02, 0.01], [0.5, 0.495, 0.005], [0.5, 0.3, 0.2], [1 / 3, 1 / 3, 1 / 3], [1, 0, 0]]
    assert ByMass(0.98)(np.array(rows)).sum(axis=1).tolist() == [1, 2, 2, 3, 3, 1]


def test_with_a_mass_of_one_every_class_belongs():
    probabilities = softmax(np.random.default_rng(0).normal(scale=20, size=(500, 7)))
    assert ByMass(1.0)(probabilities).all()


def test_a_set_by_threshold_holds_every_class_above_it():
    sets = ByThreshold(0.6)(np.array([[0.5, 0.45, 0.05], [0.34, 0.33, 0.33], [0.9, 0.1, 0.0]]))
    assert sets.tolist() == [[True, True, False], [True, False, False], [True, False, False]]


def drawn(rng, rows, scale=2.0, sharpness=1.0):
    """Answers of a model that is right as often as it says at sharpness 1 and too sure of itself above, with truth."""
    scores = rng.normal(scale=scale, size=(rows, 3))
    truth = (rng.random(rows)[:, None] > softmax(scores).cumsum(axis=1)).sum(axis=1).clip(max=2)
    return softmax(sharpness * scores), truth


@pytest.mark.parametrize("sharpness", [1.0, 3.0])
@pytest.mark.parametrize("level", [0.8, 0.95, 0.98])
def test_sets_hold_the_truth_at_their_level_however_sure_of_itself_the_model_is(level, sharpness):
    rng = np.random.default_rng(0)
    covered, rows = 0, 0
    for _ in range(200):
        (seen, truth), (new, expected) = drawn(rng, 150, 2, sharpness), drawn(rng, 50, 2, sharpness)
        sets = fit_mass(seen[None], truth, level)(new)
        covered, rows = covered + sets[np.arange(50), expected].sum(), rows + 50
    assert covered >= binom.ppf(0.001, rows, level)


def test_sets_of_a_model_that_is_too_sure_of_itself_are_larger_than_the_level_alone_would_have_them():
    answers, truth = drawn(np.random.default_rng(1), 2000, sharpness=3.0)
    found = fit_mass(answers[None], truth, 0.9)
    scores = np.sort(mass_before(answers, truth))
    covering = scores[int(np.ceil(2001 * 0.9)) - 1]
    assert 0.9 < covering <= found.mass == pytest.approx(covering, abs=1e-6)


def test_a_model_that_is_right_at_its_level_still_gives_the_level_as_mass():
    answers = np.tile([0.7, 0.3], (1, 200, 1))
    assert fit_mass(answers, np.zeros(200, dtype=int), 0.9) == ByMass(0.9)


def test_too_few_rows_for_a_level_leave_every_class_in():
    answers = np.tile([0.9, 0.1], (3, 48, 1))
    assert fit_mass(answers, np.zeros(48, dtype=int), 0.98) == ByMass(1.0)
    assert fit_mass(np.tile([0.9, 0.1], (3, 49, 1)), np.zeros(49, dtype=int), 0.98) == ByMass(0.98)


def test_a_confidence_that_is_a_coin_toss_on_held_out_rows_has_several_labels():
    sure, tossed = np.tile([0.9999, 0.0001], (9900, 1)), np.tile([0.991, 0.009], (100, 1))
    truth = np.r_[np.zeros(9900, dtype=int), np.arange(100) % 2]
    found = fit_mass(np.concatenate([sure, tossed])[None], truth, 0.98)
    assert found(np.array([[0.991, 0.009], [0.992, 0.008]])).sum(axis=1).tolist() == [2, 1]


@given(st.lists(st.tuples(st.sampled_from([0.4, 0.5, 0.6, 0.7, 0.8, 0.9]), st.booleans()), min_size=1, max_size=60))
def test_a_coin_toss_is_where_isotonic_regression_says_one_half_or_less(pairs):
    confidence, right = np.array([one for one, _ in pairs]), np.array([two for _, two in pairs])
    values, place = np.unique(confidence, return_inverse=True)
    counts = np.bincount(place)
    fitted = isotonic_regression(np.bincount(place, right) / counts, weights=counts).x
    tossed = values[fitted <= 0.5 + 1e-9]
    assert coin_toss(confidence, right) == (tossed[-1] if len(tossed) else 0.0)
