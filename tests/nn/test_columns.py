import numpy as np
import pytest

from nn.columns import Column

VALUES = np.array([0.0, 1.0, -1.0, 7.0, np.nan])


@pytest.mark.parametrize(
    ("unseen", "missing", "places"),
    [
        (False, False, [0, 1, 2, 2, 2]),  # there is no input 2: none says it
        (True, False, [0, 1, 2, 2, 3]),
        (False, True, [0, 1, 3, 3, 2]),
        (True, True, [0, 1, 2, 2, 3]),
    ],
)
def test_a_level_has_its_place_and_what_is_none_of_them_another_or_none(unseen, missing, places):
    column = Column(("red", "white"), unseen=unseen, missing=missing)
    assert column.places(VALUES).tolist() == places
    assert column.width == 2 + unseen + missing


@pytest.mark.parametrize("levels", [("red", "red"), ("red", "")])
def test_levels_that_cannot_be_told_apart_are_refused(levels):
    with pytest.raises(ValueError, match=r"^levels: expected different names, none of them empty; found 'red, "):
        Column(levels)


def test_a_number_cannot_be_none_of_its_levels():
    with pytest.raises(ValueError, match=r"^unseen: expected levels "):
        Column(unseen=True)
