import numpy as np

from data.heads import Expected, Head


def test_a_column_is_its_texts_without_the_blanks_around_them():
    head = Head(("a", "b"), [[" 1 ", "x"], ["2", "\ty"]], np.array([[1, np.nan], [2, np.nan]]))
    assert head.column(0) == ["1", "2"]
    assert head.column(1) == ["x", "y"]


def test_a_declared_table_has_all_that_a_reader_must_know_of_it(table):
    promised = {name for name in vars(Expected) if not name.startswith("_")}
    assert promised >= {"features", "label", "bounds", "spellings", "class_names", "lookalikes", "class_index"}
    assert all(hasattr(table, name) for name in promised)
