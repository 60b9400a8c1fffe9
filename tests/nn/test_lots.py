import numpy as np

from nn.lots import Lots

HASHES = ["9f86d081884c7d65", "00ff"]


def test_the_numbers_are_the_same_however_they_are_cut_into_parts():
    whole, cut = Lots(HASHES).draw(1000), Lots(HASHES)
    assert np.array_equal(whole, np.concatenate([cut.draw(each) for each in (1, 0, 499, 500)]))


def test_the_numbers_are_those_that_numpy_promises_for_ever():
    assert Lots(HASHES).draw(2).tolist() == [10888828929896296965, 17791227543162005287]


def test_other_hashes_give_other_numbers_and_any_row_is_as_likely_to_be_drawn():
    drawn = np.array([np.argsort(Lots([f"{each:x}"]).draw(20))[:5] for each in range(2000)])
    counts = np.bincount(drawn.ravel(), minlength=20)
    assert abs(counts - 500).max() < 5 * np.sqrt(500 * 0.75)  # five standard deviations of each
