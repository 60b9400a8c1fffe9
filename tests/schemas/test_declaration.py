from __future__ import annotations

import pandas as pd
import pandera.pandas as pa
import pytest

from schemas.checking import check_rows
from schemas.errors import TableError
from schemas.pandera_schema import table_of


def declare(model):
    return table_of(name="stones", model=model, label="river", classes={1: "belbo"})


def with_check(check, **fields):
    """A table of one model, whose check across columns is the function given."""
    given = {"__annotations__": {"low": float, "high": float}, "__module__": __name__}
    model = type("Made", (pa.DataFrameModel,), given | fields | {"asked": pa.dataframe_check(name="asked")(check)})
    return table_of(name="made", model=model, label="kind", classes={1: "a"})


@pytest.mark.parametrize(
    ("option", "found"),
    [
        ({"unique": ["weight"]}, "unique"),
        ({"strict": True}, "strict"),
        ({"strict": "filter"}, "strict"),
        ({"ordered": True}, "ordered"),
        ({"unique_column_names": True}, "unique_column_names"),
        ({"add_missing_columns": True}, "add_missing_columns"),
        ({"dtype": int}, "type int64"),
    ],
)
def test_what_a_whole_file_would_have_to_answer_is_refused(option, found):
    class Stones(pa.DataFrameModel):
        weight: float
        Config = type("Config", (), option)

    with pytest.raises(TableError, match=f"^table stones: rows are checked one by one; found {found}; keep to"):
        declare(Stones)


@pytest.mark.parametrize(
    ("field", "found"),
    [
        (pa.Field(unique=True), "unique of weight"),
        (pa.Field(regex=True), "regex of weight"),
        (pa.Field(default=0.0), "default of weight"),
        (pa.Field(gt=0, raise_warning=True), "raise_warning of check greater_than"),
    ],
)
def test_a_column_that_no_row_can_answer_for_is_refused(field, found):
    class Stones(pa.DataFrameModel):
        weight: float = field

    with pytest.raises(TableError, match=f"; found {found}; keep to"):
        declare(Stones)


def test_a_feature_that_is_no_float_is_refused():
    class Stones(pa.DataFrameModel):
        weight: int

    with pytest.raises(TableError, match="found type int64 of weight;"):
        declare(Stones)


def test_parsers_of_both_kinds_and_an_index_are_refused_together():
    class Stones(pa.DataFrameModel):
        number: pa.typing.Index[int]
        weight: float

        @pa.parser("weight")
        @classmethod
        def clipped(cls, values):
            return values.clip(0)

        @pa.dataframe_parser
        @classmethod
        def shuffled(cls, frame):
            return frame.sample(frac=1)

    with pytest.raises(TableError, match="found parsers, index, parsers of weight;"):
        declare(Stones)


def test_a_check_of_groups_is_refused():
    class Stones(pa.DataFrameModel):
        weight: float
        river: float

        @pa.check("weight", groupby="river")
        @classmethod
        def heavier(cls, groups):
            return groups[1].mean() > groups[2].mean()

    with pytest.raises(TableError, match="found groupby of check heavier;"):
        declare(Stones)


@pytest.mark.parametrize("answer", [lambda values: values.mean() < 9, lambda values: ~values.duplicated()])
def test_a_check_of_a_column_as_a_whole_is_refused(answer):
    class Stones(pa.DataFrameModel):
        weight: float

        @pa.check("weight")
        @classmethod
        def light(cls, values):
            return answer(values)

    with pytest.raises(TableError, match=r"^check light: does not answer row by row; found a"):
        declare(Stones)


@pytest.mark.parametrize(
    "check",
    [
        lambda _, frame: frame["low"].max() < 9,
        lambda _, frame: frame.max() < 9,
        lambda _, frame: (frame["low"] < 9).reset_index(drop=True),
        lambda _, frame: frame["low"] > frame["low"].mean(),
        lambda _, frame: ~frame.duplicated(),
        lambda _, frame: frame["low"].diff() != 0,
    ],
)
def test_a_check_that_does_not_answer_row_by_row_is_refused_before_there_are_rows(check):
    with pytest.raises(TableError, match=r"^check asked: does not answer row by row; found a"):
        with_check(check)


@pytest.mark.parametrize("bounds", [{}, {"ge": 3}, {"lt": -8}, {"gt": 1, "le": 2}], ids=str)
def test_a_check_of_single_rows_is_declared_whatever_the_bounds(bounds):
    class Stones(pa.DataFrameModel):
        weight: float = pa.Field(**bounds)

        @pa.check("weight")
        @classmethod
        def even(cls, values):
            return values % 2 == 0

        @pa.dataframe_check
        @classmethod
        def light(cls, frame):
            return frame["weight"] < 2

    rows = pd.DataFrame({"weight": [2.0]})
    assert "light" in check_rows(declare(Stones), rows).rejects["rule"].tolist()


def test_a_check_that_cannot_be_asked_of_invented_rows_is_declared_all_the_same():
    def known(_, frame):
        return pd.Series([{1.0: True, 2.0: False}[low] for low in frame["low"]], frame.index)

    rows = pd.DataFrame({"low": [1.0, 2.0], "high": [0.0, 0.0]})
    assert check_rows(with_check(known), rows).valid.index.tolist() == [0]
