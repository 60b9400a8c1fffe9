from data.label_names import label_rank
from data.unknown import UNKNOWN


def test_nothing_is_declared_of_an_unknown_table_and_no_text_is_a_class():
    expected = UNKNOWN
    assert (expected.features, expected.class_names, expected.class_index("1")) == ((), (), -1)
    assert not {*expected.bounds, *expected.spellings, *expected.lookalikes, *expected.usual_units}


def test_words_that_all_tables_share_say_the_label_of_an_unknown_one():
    assert [label_rank(name, UNKNOWN) is not None for name in ("class", "target", "alcohol")] == [True, True, False]
