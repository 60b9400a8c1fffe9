from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest

from data.one_hot import class_codes, flag_numbers, flags_of, one_hot_rows

NAN = float("nan")
FLAGS = np.array([[1, 0, 0, 1, 2, NAN], [0, 1, 0, 1, 0, 1.0]])


def test_a_row_is_one_hot_where_one_cell_is_1_and_the_others_0():
    assert one_hot_rows(FLAGS).tolist() == [True, True, False, False, False, False]
    assert class_codes(FLAGS).tolist() == [0, 1, -1, -1, -1, -1]


def test_truth_values_are_flags_however_they_are_written():
    texts, numbers = ["True", " FALSE ", "1", "0", "x", ""], np.array([NAN, NAN, 1, 0, NAN, NAN])
    expected = [1, 0, 1, 0, NAN, NAN]
    np.testing.assert_array_equal(flags_of(texts, numbers), expected)
    found = flag_numbers(pa.array(texts), pa.array(numbers, from_pandas=True)).to_numpy(zero_copy_only=False)
    np.testing.assert_array_equal(found, expected)


def test_a_column_of_truth_values_is_one_of_flags():
    column = pa.array([True, False, None])
    assert flag_numbers(column, pa.nulls(3, pa.float64())).to_pylist() == [1, 0, None]


@pytest.mark.parametrize("prefix", ["cultivar", "is"])
def test_what_pandas_makes_of_the_classes_is_truth_in_either_kind_of_file(source, bottles, read, prefix):
    dummies = {f"{prefix}_{number}": bottles["cultivar"] == str(number) for number in (1, 2, 3)}
    found = read(source(bottles.drop(columns="cultivar").assign(**dummies)))
    assert found.frame["truth"].value_counts().to_dict() == {"barolo": 59, "grignolino": 71, "barbera": 48}
