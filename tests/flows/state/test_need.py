import pyarrow as pa

from flows.state.measured import DISTANCE
from flows.state.need import Need

NOBODY = pa.array([], pa.int64())
COLUMNS = ("row", "confidence", "typicality", DISTANCE, "review", "truth")


def rows(*lines):
    table = pa.Table.from_pylist([dict(zip(COLUMNS, line, strict=True)) for line in lines])
    types = {"truth": pa.string(), DISTANCE: pa.float64()}
    for name, kind in types.items():
        table = table.set_column(table.column_names.index(name), name, table[name].cast(kind))
    return table.append_column("batch", pa.repeat("a", len(lines)))


MIXED = rows(
    (0, 0.999, 0.01, 50.0, True, None),
    (1, 0.999, 0.01, 90.0, True, None),
    (2, 0.60, 0.5, 2.0, True, None),
    (3, 0.97, 0.5, 2.0, True, None),
    (4, 0.991, 0.5, 2.0, False, None),
    (5, 0.985, 0.5, 2.0, False, None),
    (6, 0.50, 0.001, 99.0, True, "barolo"),
    (7, 0.40, 0.001, 99.0, True, None),
)


def ranked(need):
    return [row["row"] for row in need.ranked()]


def test_the_doubtful_and_the_unlike_come_in_turn_each_by_how_much_and_then_the_least_sure_others():
    need = Need(10)
    need.add(MIXED, pa.array([7]))
    assert ranked(need) == [2, 1, 3, 0, 5, 4]
    alone = Need(10, others=False)
    alone.add(MIXED, pa.array([7]))
    assert ranked(alone) == [2, 1, 3, 0]
    assert need.up_for_review == 4


def test_rows_whose_truth_is_told_or_known_are_no_need():
    need = Need(10)
    need.add(MIXED, pa.array([0, 1, 2, 3, 4, 5, 7]))
    assert ranked(need) == []


def test_rows_come_in_any_parts_and_of_equally_unlike_ones_the_farther_is_first():
    need = Need(3)
    for start in range(len(MIXED)):
        need.add(MIXED.slice(start, 1), NOBODY)
    assert ranked(need)[:5] == [7, 2, 1, 3, 0]


def test_without_measurements_there_is_an_order_too():
    need = Need(3)
    need.add(MIXED.set_column(MIXED.column_names.index(DISTANCE), DISTANCE, pa.nulls(8, pa.float64())), NOBODY)
    assert ranked(need)[:5] == [7, 2, 0, 3, 1]
