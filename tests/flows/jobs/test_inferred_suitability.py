import pyarrow as pa
import pytest

from data.profiles import Tally
from flows.jobs.inferred_suitability import against, fault_of, measured


def column(cells):
    tally = Tally(0, "a")
    tally.add(pa.chunked_array([pa.array(cells, pa.string())]))
    return tally.profile()


def numbers(different, each):
    return column([str(number * 7) for number in range(different)] * each)


@pytest.mark.parametrize("cells", [["a", "b"] * 9, ["0", "1"] * 9, ["a", "b", ""] * 9])
def test_nothing_speaks_against_few_texts_or_whole_numbers_that_occur_often(cells):
    assert (against(column(cells)), fault_of(column(cells)), [*measured(column(cells))]) == ("", "", [])


@pytest.mark.parametrize(("different", "each", "said"), [(20, 5, 0), (21, 9, 1), (10, 2, 0), (11, 4, 1)])
def test_many_numbers_or_few_rows_of_each_are_probably_measured(different, each, said):
    assert len([*measured(numbers(different, each))]) == said


@pytest.mark.parametrize(
    ("cells", "found"),
    [
        (["a"] * 9, "one class, 'a', in all rows"),
        ([""] * 9, "no class in any row"),
        (["a", "b\tc"] * 9, r"a text that no class can be called, 'b\tc'"),
        (["a", "x" * 301] * 9, "a text that no class can be called"),
        ([f"text {at}" for at in range(1001)] * 2, "more than 1,000 different texts"),
    ],
)
def test_what_can_be_no_label_whoever_names_it_is_said(cells, found):
    assert fault_of(column(cells)).startswith(found)
    assert against(column(cells)).startswith(found)
