import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from flows.state.least import Least


def table(values):
    rows = [{"batch": "a", "row": row, "value": value} for row, value in values]
    return pa.Table.from_pylist(rows, pa.schema({"batch": pa.string(), "row": pa.int64(), "value": pa.float64()}))


@given(st.lists(st.none() | st.integers(0, 5)), st.integers(1, 5), st.integers(1, 4))
def test_they_are_the_first_of_all_in_order_however_they_come(values, most, size):
    rows, least = [*enumerate(values)], Least(["value"], most)
    for start in range(0, len(rows), size):
        least.add(table(rows[start : start + size]))
    ordered = sorted(rows, key=lambda each: (each[1] is None, each[1] or 0, each[0]))
    assert [(row["row"], row["value"]) for row in least.rows] == ordered[:most]
