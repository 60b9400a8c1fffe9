"""What `read_arrays` takes and refuses by itself; files that a stranger may give are in `test_hostile_files.py`."""

import io

import numpy as np
import pytest

from models.arrays import LARGEST_MEMBER, read_arrays, shapes_of
from models.errors import ModelError

SHAPES = {"mean": (13,), "weight_1": (13, 3)}
RNG = np.random.default_rng(0)
ARRAYS = {name: RNG.normal(size=shape) for name, shape in SHAPES.items()}


def packed(**arrays):
    file = io.BytesIO()
    np.savez(file, allow_pickle=False, **arrays)
    return file.getvalue()


def test_what_numpy_packed_comes_back_bit_for_bit_and_may_be_written_to():
    found = read_arrays(packed(**ARRAYS), SHAPES)
    assert {name: array.tobytes() for name, array in found.items()} == {n: a.tobytes() for n, a in ARRAYS.items()}
    assert all(array.flags.writeable for array in found.values())


def test_the_shapes_of_a_network_are_those_of_its_layers_and_its_standardizer():
    assert shapes_of([13, 8, 3], None) == {
        "mean": (13,), "scale": (13,), "weight_1": (13, 8), "bias_1": (8,), "weight_2": (8, 3), "bias_2": (3,),
    }  # fmt: skip


def test_a_conformal_part_has_the_shapes_of_its_space():
    alone, both = shapes_of([13, 3], None), shapes_of([13, 3], {"rows": 178})
    assert {name: both[name] for name in both.keys() - alone.keys()} == {
        "whitening": (13, 13), "origin": (13,), "centers": (3, 13), "usual": (178,),
    }  # fmt: skip


@pytest.mark.parametrize("given", [{"mean": ARRAYS["mean"]}, ARRAYS | {"more": np.zeros(1)}, {}], ids=len)
def test_other_arrays_than_those_expected_are_refused_with_both_lists(given):
    with pytest.raises(ModelError, match=r"^weights\.npz: expected mean, weight_1; found "):
        read_arrays(packed(**given), SHAPES)


def test_an_array_of_another_shape_is_refused_by_its_name():
    with pytest.raises(ModelError, match=r"^weight_1: expected .* bytes, not packed; found a member of "):
        read_arrays(packed(**ARRAYS | {"weight_1": np.zeros((13, 4))}), SHAPES)


def test_an_array_turned_on_its_side_is_refused_by_its_name():
    with pytest.raises(ModelError, match=r"^weight_1: expected float64 of shape \(13, 3\); found "):
        read_arrays(packed(**ARRAYS | {"weight_1": np.zeros((3, 13))}), SHAPES)


def test_a_number_that_is_not_finite_is_refused_by_the_name_of_its_array():
    with pytest.raises(ModelError, match=r"^mean: expected finite numbers"):
        read_arrays(packed(**ARRAYS | {"mean": np.full(13, np.nan)}), SHAPES)


def test_an_array_larger_than_any_of_ours_is_refused():
    count = LARGEST_MEMBER // 8 + 1
    with pytest.raises(ModelError, match=r"^huge: expected"):
        read_arrays(packed(huge=np.zeros(count)), {"huge": (count,)})
