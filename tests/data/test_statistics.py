from __future__ import annotations

import pyarrow as pa
import pytest

from data.errors import TextError
from data.footers import ColumnChunk
from data.statistics import check_values


def chunk(least, most):
    return ColumnChunk("hue", 0, 0, 0, False, least, most)  # noqa: FBT003


ONE, TWO = pa.array([1.0]).buffers()[1].to_pybytes(), pa.array([2.0]).buffers()[1].to_pybytes()
NAN = pa.array([float("nan")]).buffers()[1].to_pybytes()


@pytest.mark.parametrize(
    "column",
    [pa.array([1.0, 1.5, 2.0, None, float("nan")]), pa.array([], pa.float64()), pa.nulls(2, pa.float64())],
)
def test_what_lies_between_the_ends_passes(column):
    check_values(column, [chunk(ONE, TWO)])


@pytest.mark.parametrize("value", [0.99, 2.01, 1e300, float("-inf")])
def test_what_lies_outside_is_refused(value):
    with pytest.raises(TextError, match="found other values of 'hue' than its footer says it holds"):
        check_values(pa.array([1.5, value]), [chunk(ONE, TWO)])


def test_several_chunks_hold_together_what_each_of_them_holds():
    check_values(pa.array([1.0, 2.0]), [chunk(ONE, ONE), chunk(TWO, TWO)])


@pytest.mark.parametrize("kind", [pa.string(), pa.large_string(), pa.string_view()])
def test_text_is_compared_as_its_bytes_are(kind):
    check_values(pa.array(["é", "b"], kind), [chunk(b"a", "é".encode())])
    check_values(pa.array(["é", "b"]).dictionary_encode(), [chunk(b"a", "é".encode())])
    with pytest.raises(TextError):
        check_values(pa.array(["B"], kind), [chunk(b"a", b"c")])


@pytest.mark.parametrize("ends", [(None, TWO), (ONE, None), (NAN, TWO), (b"short", TWO), (ONE, 7), (ONE, True)])
def test_ends_that_are_not_known_say_nothing(ends):
    check_values(pa.array([99.0]), [chunk(*ends)])


@pytest.mark.parametrize("column", [pa.array([True]), pa.array([1], pa.uint64())])
def test_types_of_an_order_of_their_own_are_not_looked_at(column):
    check_values(column, [chunk(ONE, TWO)])
