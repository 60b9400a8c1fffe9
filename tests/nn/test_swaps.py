import numpy as np

from nn.swaps import MOST_A_ROW, likeliest_swaps, swaps


def with_swapped(x, *pairs):
    other = x.copy()
    for i, j in pairs:
        other[:, [i, j]] = other[:, [j, i]]
    return other


def test_what_a_swap_gains_is_the_difference_of_the_log_densities(joint, wine):
    x = with_swapped(wine.x, (1, 2))[:20]
    after = joint.log_density(joint.pulls(with_swapped(x, (1, 2)))[1])
    gained = after - joint.log_density(joint.pulls(x)[1])
    assert np.isclose(swaps(joint, x)[1, 2], np.clip(gained, -MOST_A_ROW, MOST_A_ROW).sum())


def test_of_an_honest_table_no_swap_gains_anything(joint, wine):
    assert max(swaps(joint, wine.x).values()) < 0


def test_swapped_columns_are_found(joint, wine):
    columns, nats = likeliest_swaps(joint, with_swapped(wine.x, (1, 2)))
    assert set(columns) == {1, 2}
    assert nats > 100


def test_two_pairs_and_columns_turned_round_are_found(joint, wine):
    x = wine.x
    assert set(likeliest_swaps(joint, with_swapped(x, (1, 2), (5, 11)))[0]) == {1, 2, 5, 11}
    assert set(likeliest_swaps(joint, x[:, [0, 2, 7, 3, 4, 5, 6, 1, *range(8, 13)]])[0]) == {1, 2, 7}
