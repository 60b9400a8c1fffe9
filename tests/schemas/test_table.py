from __future__ import annotations

import pandera.pandas as pa
import pytest

from schemas.errors import TableError
from schemas.pandera_schema import table_of


class Pebbles(pa.DataFrameModel):
    weight: float = pa.Field(gt=0)
    width: float = pa.Field(ge=1, lt=9)
    colour: float


PEBBLES = table_of(Pebbles, name="pebbles", label="river", classes={20: "tanaro", 10: "belbo"})


def test_classes_stand_in_the_order_of_their_ids():
    assert PEBBLES.class_ids == (10, 20)
    assert PEBBLES.class_names == ("belbo", "tanaro")
    assert [PEBBLES.class_index(text) for text in ("belbo", "tanaro", "po")] == [0, 1, -1]


def test_a_feature_without_a_bound_is_not_bounded():
    assert PEBBLES.features == ("weight", "width", "colour")
    infinite = float("inf")
    assert PEBBLES.bounds == {"weight": (0, infinite), "width": (1, 9), "colour": (-infinite, infinite)}


def test_a_model_that_cannot_be_obeyed_is_refused():
    class Stones(pa.DataFrameModel):
        weight: float = pa.Field(gt=0, unique=True)

    with pytest.raises(TableError, match="found unique of weight;"):
        table_of(Stones, name="stones", label="river", classes={1: "po", 2: "adda"})
