from __future__ import annotations

from pathlib import Path

import pandas as pd
import pandera.pandas as pa
import pytest

from schemas.checking import check_rows
from schemas.errors import TableError
from schemas.pandera_schema import schema_of, table_of
from schemas.table_file import parse_table
from work import PENGUINS

TABLE = parse_table(PENGUINS, "table.toml", Path())
GOOD = {"bill length": [40.0, None], "island": ["Biscoe", "Dream"], "sex": ["male", None], "mass": [1.0, 2.0]}


def test_the_schema_is_that_of_the_declaration():
    schema = schema_of(TABLE)
    assert list(schema.columns) == list(TABLE.features)
    assert (schema.columns["bill length"].title, schema.columns["bill length"].metadata) == (
        "Bill length",
        {"unit": "mm"},
    )
    assert len(schema.validate(pd.DataFrame(GOOD))) == 2


@pytest.mark.parametrize(
    ("name", "value"), [("bill length", 81), ("island", "Elba"), ("island", None), ("mass", 0), ("mass", 9000)]
)
def test_what_it_does_not_allow_is_what_is_rejected(name, value):
    frame = pd.DataFrame(GOOD | {name: [value, GOOD[name][1]]})
    with pytest.raises(pa.errors.SchemaError):
        schema_of(TABLE).validate(frame)
    assert check_rows(TABLE, frame).rejects["column"].tolist() == [name]


class Birds(pa.DataFrameModel):
    mass: float = pa.Field(gt=0, lt=9, title="Mass", nullable=True)
    island: str = pa.Field(isin=["Biscoe", "Dream"], metadata={"unit": None})

    @pa.dataframe_check
    @classmethod
    def light_on_dream(cls, birds):
        return (birds["island"] != "Dream") | (birds["mass"] < 5)


def test_a_model_becomes_a_table_with_its_rules():
    table = table_of(Birds, name="birds", label="kind", classes={1: "a", 2: "b"}, spellings={"mass": ("weight",)})
    mass, island = table.columns
    assert (mass.above, mass.below, mass.missing, mass.title, mass.spellings) == (0, 9, "mean", "Mass", ("weight",))
    assert (island.levels, island.missing) == (("Biscoe", "Dream"), "reject")
    frame = pd.DataFrame({"mass": [1.0, 7.0, 7.0, None], "island": ["Dream", "Dream", "Biscoe", "Elba"]})
    rejects = check_rows(table, frame).rejects
    assert rejects[["row", "column", "rule"]].to_numpy().tolist()[1:] == [[3, "island", "not a level"]]
    assert rejects.iloc[0][["row", "rule"]].tolist() == [1, "light_on_dream"]


def test_rules_of_what_is_no_feature_are_refused():
    text = f'rules = "{__name__}:Birds"\n{PENGUINS}'
    table = parse_table(text, "table.toml", Path())
    assert [check.name for check in schema_of(table).checks] == ["light_on_dream"]
    other = parse_table(
        f'rules = "{__name__}:Birds"\n{PENGUINS.replace(chr(34) + "mass", chr(34) + "weight")}', "t", Path()
    )
    with pytest.raises(TableError, match="rules of what is no feature; found 'mass'"):
        schema_of(other)


class NamedLikeABound(pa.DataFrameModel):
    mass: float = pa.Field(gt=0)

    @pa.check("mass", name="greater_than")
    @classmethod
    def odd(cls, values):
        return values % 2 == 1


def test_a_rule_that_is_called_like_a_bound_is_asked_all_the_same():
    table = table_of(NamedLikeABound, name="birds", label="kind", classes={1: "a", 2: "b"})
    frame = pd.DataFrame({"mass": [3.0, 4.0, -1.0]})
    assert check_rows(table, frame).rejects["row"].tolist() == [1, 2]
