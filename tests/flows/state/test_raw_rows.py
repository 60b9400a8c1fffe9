import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given

from flows.state.raw_rows import kinds, known, strange, to_columns, to_matrix
from mixed import encoded
from nn.columns import Column
from nn.encoding import PLAIN, Encoding

COLOURS = ("red", "white")


@given(encoded())
def test_raw_rows_come_back_from_parquet_with_the_kinds_that_were_said(table):
    encoding, x = table
    names = "abcde"[: x.shape[1]]
    sink = pa.BufferOutputStream()
    pq.write_table(pa.table(to_columns(x, names, encoding)), sink)
    found = pq.read_table(sink.getvalue())
    assert found.schema.equals(pa.schema(kinds(names, encoding)))
    np.testing.assert_array_equal(to_matrix(found, names, encoding), x)
    assert not any(map(strange, found.columns, encoding.columns))


def test_a_category_is_text_empty_for_what_is_no_level_and_null_where_it_is_missing():
    encoding = Encoding((Column(COLOURS, unseen=True, missing=True),))
    columns = to_columns(np.array([[1.0], [-1.0], [np.nan], [9.0]]), ["colour"], encoding)
    assert columns["colour"].to_pylist() == ["white", "", None, ""]


def test_plain_rows_are_plain_columns():
    columns = to_columns(np.array([[1.0, 2.0], [3.0, 4.0]]), ["a", "b"], PLAIN)
    assert columns == {"a": pa.array([1.0, 3.0]), "b": pa.array([2.0, 4.0])}


@pytest.mark.parametrize(
    ("values", "column"),
    [
        (pa.array([1.0, None]), Column()),
        (pa.array(["red", None]), Column(COLOURS)),
        (pa.array(["red", ""]), Column(COLOURS, missing=True)),
        (pa.array(["red", "rose"]), Column(COLOURS, unseen=True)),
    ],
)
def test_what_a_column_does_not_allow_is_strange(values, column):
    assert strange(pa.chunked_array([values]), column)


def test_measurements_are_known_where_some_are_there_and_none_is_missing_that_may_not_be():
    encoding = Encoding((Column(COLOURS, missing=True), Column(), Column(missing=True)))
    nan = np.nan
    x = np.array([[0, 1, 1], [nan, 1, nan], [0, nan, 1], [nan, nan, nan]])
    assert known(x, encoding).tolist() == [True, True, False, False]
