import pytest

from models.errors import ModelError, damaged


def test_a_version_that_cannot_be_used_is_a_value_that_is_wrong():
    assert issubclass(ModelError, ValueError)


def test_a_damaged_version_is_refused_with_the_way_out():
    with pytest.raises(ModelError, match=r"^weights\.npz: cut short; .*; restore it or train a new one$"):
        raise damaged("weights.npz: cut short")
