import numpy as np
import pytest

from nn.apart import apart, repeated

SURE = 10.0  # nats


def changed(x, at, column):
    other = x.copy()
    other[:, at] = column
    return other


@pytest.mark.parametrize("at", [0, 5, 6, 9, 11, 12])
def test_a_column_shuffled_by_itself_has_nothing_to_do_with_the_others(joint, wine, at):
    shuffled = changed(wine.x, at, np.random.default_rng(at).permutation(wine.x[:, at]))
    assert apart(joint, shuffled)[at] > SURE > apart(joint, wine.x)[at]


def test_half_a_column_is_found_as_well_as_a_whole_one(joint, wine):
    x = wine.x
    column = x[:, 6].copy()
    column[89:] = np.random.default_rng(1).permutation(column[89:])
    assert apart(joint, changed(x, 6, column)).argmax() == 6


@pytest.mark.parametrize("odd", [lambda x: x * 1.05, lambda x: x.round(1), lambda x: x[:59], lambda x: x[130:]])
def test_another_instrument_rounding_and_one_class_alone_prove_nothing(joint, wine, odd):
    assert apart(joint, odd(wine.x)).max() < SURE


def test_too_few_rows_say_nothing(joint, wine):
    assert not apart(joint, wine.x[:5]).any()


def test_one_value_in_half_of_the_rows_is_too_common(joint, wine):
    x = wine.x
    column = x[:, 4].copy()
    column[89:] = column[89]
    shares, nats = repeated(joint, changed(x, 4, column))
    assert (shares.argmax(), nats.argmax()) == (4, 4)
    assert nats[4] > SURE
    assert shares[4] == 0.5


def test_values_may_be_as_common_as_in_training_at_their_number_of_decimals(joint, wine):
    assert not repeated(joint, wine.x.round(0))[1].any()


@pytest.mark.parametrize("limited", [lambda x: x.clip(max=6), lambda x: x.clip(min=3)])
def test_the_limit_of_an_instrument_is_not_too_common(joint, wine, limited):
    assert repeated(joint, changed(wine.x, 9, limited(wine.x[:, 9])))[1][9] < SURE
