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
    assert np.allclose(swaps(joint, x)[1, 2], np.clip(gained, -MOST_A_ROW, MOST_A_ROW))


def test_of_an_honest_table_no_swap_gains_anything(joint, wine):
    assert max(each.sum() for each in swaps(joint, wine.x).values()) < 0
    assert likeliest_swaps(joint, wine.x)[1] < 5


def test_swapped_columns_are_found(joint, wine):
    columns, nats, share = likeliest_swaps(joint, with_swapped(wine.x, (1, 2)))
    assert (set(columns), share) == ({1, 2}, 1)
    assert nats > 100


def test_two_pairs_and_columns_turned_round_are_found(joint, wine):
    x = wine.x
    assert set(likeliest_swaps(joint, with_swapped(x, (1, 2), (5, 11)))[0]) == {1, 2, 5, 11}
    assert {1, 2, 7} <= set(likeliest_swaps(joint, x[:, [0, 2, 7, 3, 4, 5, 6, 1, *range(8, 13)]])[0])


def test_columns_swapped_in_a_part_of_the_rows_are_found_and_in_how_many(joint, wine):
    x = wine.x.copy()
    x[:60] = with_swapped(x[:60], (5, 6))
    columns, nats, share = likeliest_swaps(joint, x)
    assert set(columns) == {5, 6}
    assert nats > 20
    assert 0.2 < share < 0.5
