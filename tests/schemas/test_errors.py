from schemas.errors import TableError


def test_a_table_that_cannot_be_obeyed_is_a_value_that_is_wrong():
    assert issubclass(TableError, ValueError)
