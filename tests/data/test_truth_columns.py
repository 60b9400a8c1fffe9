import pytest

from data.errors import ColumnError
from data.truth_columns import tells_truth, truth_columns
from work import FEATURES, TABLE


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        (["id", "cultivar"], {"id": 0, "truth": 1}),
        (["Bottle ID", "Class"], {"id": 0, "truth": 1}),
        (["Batch", "Row", "Truth", "By", "Comment"], {"batch": 0, "row": 1, "truth": 2, "by": 3, "note": 4}),
        (["batch", "row", "id", "label", "truth", "how"], {"batch": 0, "row": 1, "id": 2, "truth": 4, "how": 5}),
        (["index", "id", "truth"], {"id": 1, "truth": 2}),
    ],
)
def test_each_column_is_known_by_its_name(names, expected):
    assert truth_columns(names, TABLE).places == expected


@pytest.mark.parametrize("names", [["id"], ["truth"], ["batch", "truth"], ["row", "truth"], ["id", "prediction"], []])
def test_what_lacks_the_truth_or_the_row_is_no_truth_file(names):
    assert truth_columns(names, TABLE) is None
    assert not tells_truth(names, TABLE)


def test_two_columns_called_the_truth_are_refused():
    with pytest.raises(ColumnError, match=r"2 columns are called the truth; found 'class' and 'target'; keep one"):
        truth_columns(["id", "class", "target"], TABLE)
    assert not tells_truth(["id", "class", "target"], TABLE)


def test_a_whole_table_with_truth_is_to_be_labelled_and_a_sheet_with_all_measurements_is_not():
    assert not tells_truth(["id", *FEATURES, "cultivar"], TABLE)
    assert tells_truth(["batch", "row", "id", *FEATURES, "truth"], TABLE)
    assert truth_columns(["batch", "row", *FEATURES, "truth"], TABLE).features[FEATURES[0]] == 2
