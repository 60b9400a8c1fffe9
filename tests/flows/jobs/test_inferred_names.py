import pytest

from flows.jobs.inferred_names import feature_name, label_name, table_name
from schemas.names import TABLE_NAME, can_be_called
from schemas.tables import table_names


def test_no_name_is_given_twice_or_cannot_be_printed():
    assert feature_name("a\nb\x07", ()) == "a b"
    assert feature_name("Row", {"input_row"}) == "input_Row_2"
    assert len(feature_name("x" * 500, {"x" * 300})) <= 300
    assert [feature_name(name, ()) for name in ("<=50K", "a|b", "Ñ", "select")] == ["<=50K", "a|b", "Ñ", "select"]


def test_a_label_keeps_its_name_even_where_that_is_reserved_unless_it_cannot_be_written():
    assert [label_name(name) for name in ("label", "the\nclass", "%", "Ñ")] == ["label", "the class", "class", "Ñ"]


@pytest.mark.parametrize("text", ["", " a", "a\n", "a\u202e", "x" * 301])
def test_what_cannot_be_written_is_no_name(text):
    assert not can_be_called(text)
    assert can_be_called("<=50K, 😀")


@pytest.mark.parametrize("batch", ["", "123", "con", "ÄÖÜ x", "x" * 99, "-a-", "A__b", "a.b.c", "😀"])
def test_a_table_is_called_as_folders_and_keys_can_bear_it(batch):
    assert TABLE_NAME.fullmatch(table_name(batch))
    assert table_name(batch) != "con"


@pytest.mark.parametrize("name", table_names())
def test_no_table_is_called_as_one_that_comes_with_the_program(name):
    assert table_name(name) == f"{name}-table"
