import numpy as np
import pandas as pd
import pandera.pandas as pa
import pytest

from schemas.errors import TableError
from schemas.rules import answers_of, ask, is_bound, rule_of

VALUES = pd.Series([-1.0, 0.0, 0.5, 3.0, 9.0], index=[7, 3, 9, 5, 1])
BOUNDS = {
    "> 0": (pa.Check.gt(0), VALUES > 0),
    ">= 0": (pa.Check.ge(0), VALUES >= 0),
    "< 3": (pa.Check.lt(3), VALUES < 3),
    "<= 0.5": (pa.Check.le(0.5), VALUES <= 0.5),
}


@pytest.mark.parametrize("rule", BOUNDS)
def test_a_bound_is_written_as_people_write_it_and_answers_as_it_says(rule):
    check, expected = BOUNDS[rule]
    assert (is_bound(check), rule_of(check)) == (True, rule)
    np.testing.assert_array_equal(ask(check, VALUES), expected)


@pytest.mark.parametrize(
    ("check", "rule"),
    [
        (pa.Check.isin({3, 1, 2}), "isin(allowed_values=[1, 2, 3])"),
        (pa.Check.in_range(0, 3), "in_range(min_value=0, max_value=3"),
        (pa.Check(lambda values: values > 0, name="positive"), "positive"),
    ],
)
def test_any_other_check_is_called_by_its_name_and_what_it_was_given(check, rule):
    assert not is_bound(check)
    assert rule_of(check).startswith(rule)


def test_of_several_answers_for_a_row_all_must_be_true():
    frame = pd.DataFrame({"low": [1.0, 1.0, -1.0], "high": [1.0, -1.0, -1.0]})
    check = pa.Check(lambda cells: cells > 0, name="positive")
    assert answers_of(check, frame).tolist() == [True, False, False]


def test_an_answer_that_is_missing_is_no():
    check = pa.Check(lambda values: (values > 0).astype(object).where(values != 3, None), name="positive")
    assert ask(check, VALUES).tolist() == [False, False, True, False, True]


@pytest.mark.parametrize("answer", [lambda values: True, lambda values: values.reset_index(drop=True) > 0])
def test_answers_that_are_not_one_for_each_row_are_refused(answer):
    with pytest.raises(TableError, match=r"^check odd: does not answer row by row; found a \w+; return true or false"):
        ask(pa.Check(answer, name="odd"), VALUES)


def test_a_check_that_fails_itself_is_refused_in_one_line_with_its_error():
    check = pa.Check(lambda values: 1 / 0, name="broken")
    with pytest.raises(TableError, match=r"^check broken: cannot be asked; found ZeroDivisionError division by zero; "):
        ask(check, VALUES)
