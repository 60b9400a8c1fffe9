from __future__ import annotations

import os
import subprocess
import sys

import numpy as np
import pandas as pd
import pandera.pandas as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pandas.testing import assert_frame_equal
from pandera.errors import SchemaErrors

from schemas.checking import check_rows
from schemas.errors import TableError
from schemas.pandera_schema import schema_of, table_of

INF, NAN = float("inf"), float("nan")


class Loose(pa.DataFrameModel):
    low: float = pa.Field(ge=0)
    high: float = pa.Field(lt=9)
    free: float


LOOSE = table_of(name="loose", model=Loose, label="kind", classes={1: "a", 2: "b"})


class Ruled(pa.DataFrameModel):
    low: float = pa.Field(ge=0, isin=[0, 1, 2, 3, 8])
    high: float = pa.Field(lt=9)

    @pa.check("high")
    @classmethod
    def whole(cls, values):
        return values % 1 == 0

    @pa.check("high", element_wise=True, error="this is no name")
    @classmethod
    def not_seven(cls, value):
        return value != 7

    @pa.dataframe_check
    @classmethod
    def ascending(cls, frame):
        return frame["low"] <= frame["high"]

    @pa.dataframe_check(element_wise=True)
    @classmethod
    def near(cls, row):
        return row["high"] - row["low"] < 6

    @pa.dataframe_check(name="no cell of 8")
    @classmethod
    def none_is_eight(cls, frame):
        return frame != 8


RULED = table_of(name="ruled", model=Ruled, label="kind", classes={1: "a", 2: "b"})


def ruled(*rows):
    return pd.DataFrame(rows, columns=["low", "high"], dtype=float)


def with_check(check, **fields):
    """A table of one model, whose check across columns is the function given."""
    given = {"__annotations__": {"low": float, "high": float}, "__module__": __name__}
    model = type("Made", (pa.DataFrameModel,), given | fields | {"asked": pa.dataframe_check(name="asked")(check)})
    return table_of(name="made", model=model, label="kind", classes={1: "a"})


def loose(**columns):
    return pd.DataFrame({"low": 1.0, "high": 1.0, "free": 1.0, **{name: map(float, v) for name, v in columns.items()}})


def lines(checked):
    return list(checked.rejects.itertuples(index=False, name=None))


def test_rows_that_meet_the_table_are_all_valid(wine, bottles):
    checked = check_rows(wine, bottles)
    assert_frame_equal(checked.valid, bottles)
    assert lines(checked) == []


@pytest.mark.parametrize(
    ("name", "value", "rule", "text"),
    [
        ("hue", NAN, "missing", ""),
        ("hue", INF, "finite", "inf"),
        ("hue", -INF, "finite", "-inf"),
        ("hue", 0.09, ">= 0.1", "0.09"),
        ("hue", 3.5, "<= 3", "3.5"),
        ("flavanoids", 0.0, "> 0", "0.0"),
        ("proline", 1e300, "<= 3000", "1e+300"),
    ],
)
def test_a_failed_rule_is_one_line_with_the_value_as_it_stood(wine, bottles, name, value, rule, text):
    bottles.loc[5, name] = value
    assert lines(check_rows(wine, bottles)) == [(5, name, rule, text)]


def test_a_bound_that_excludes_is_reported_as_such():
    assert lines(check_rows(LOOSE, loose(high=[8.9, 9]))) == [(1, "high", "< 9", "9.0")]


@pytest.mark.parametrize("text", ["1.5x", "1,5", "\uff11.5", "0x10", "1_0"])
def test_a_cell_that_was_no_number_is_reported_as_the_text_it_was(wine, bottles, text):
    bottles.loc[5, "hue"] = NAN
    checked = check_rows(wine, bottles, as_it_stood=lambda _: pd.DataFrame({"hue": [text]}))
    assert lines(checked) == [(5, "hue", "not a number", text)]


@pytest.mark.parametrize("text", ["", " ", "NA", "n/a", "NaN", "None", "NULL", "?"])
def test_a_cell_that_says_it_is_missing_is_missing(wine, bottles, text):
    bottles.loc[5, "hue"] = NAN
    checked = check_rows(wine, bottles, as_it_stood=lambda _: pd.DataFrame({"hue": [text]}))
    assert lines(checked) == [(5, "hue", "missing", text)]


def test_cells_are_asked_for_by_the_positions_of_the_failed_rows(wine, bottles):
    bottles.index += 1000
    bottles.loc[[1004, 1170], "hue"] = NAN
    text = bottles.astype(str).assign(hue=[f"{place}x" for place in range(178)])
    checked = check_rows(wine, bottles, as_it_stood=lambda places: text.iloc[places].reset_index(drop=True))
    assert lines(checked) == [(1004, "hue", "not a number", "4x"), (1170, "hue", "not a number", "170x")]


def test_every_failed_column_of_a_row_has_its_own_line(wine, bottles):
    bottles.loc[5, ["alcohol", "ash", "proline"]] = [NAN, 99, -INF]
    expected = [(5, "alcohol", "missing", ""), (5, "ash", "<= 5", "99.0"), (5, "proline", "finite", "-inf")]
    assert lines(check_rows(wine, bottles)) == expected


def test_rejects_stand_in_the_order_of_the_rows(wine, bottles):
    bottles.loc[170, "alcohol"] = NAN
    bottles.loc[3, ["proline", "alcohol"]] = NAN
    rejects = check_rows(wine, bottles).rejects
    assert rejects[["row", "column"]].to_numpy().tolist() == [[3, "alcohol"], [3, "proline"], [170, "alcohol"]]


def test_valid_rows_among_bad_ones_stay_as_they_are(wine, bottles, shipped):
    bottles.loc[[0, 90, 177], "hue"] = [NAN, INF, -1]
    checked = check_rows(wine, bottles)
    assert_frame_equal(checked.valid, shipped.drop([0, 90, 177]))


def test_a_frame_of_nothing_but_bad_rows_has_no_valid_ones(wine, bottles):
    checked = check_rows(wine, bottles.assign(hue=NAN))
    assert len(checked.rejects) == 178
    assert checked.matrix().shape == (0, 13)


def test_a_frame_without_rows_has_neither(wine, bottles):
    checked = check_rows(wine, bottles.head(0))
    assert (len(checked.valid), len(checked.rejects), checked.matrix().shape) == (0, 0, (0, 13))


@pytest.mark.parametrize("value", [1.5, 100.25, 127.0])
def test_no_value_is_rounded(wine, bottles, value):
    bottles.loc[5, ["magnesium", "malic_acid"]] = [max(value, 30), value / 100]
    checked = check_rows(wine, bottles)
    assert checked.valid.loc[5, ["magnesium", "malic_acid"]].tolist() == [max(value, 30), value / 100]


def test_a_magnesium_of_one_and_a_half_is_turned_away_as_one_and_a_half(wine, bottles):
    bottles.loc[5, "magnesium"] = 1.5
    assert lines(check_rows(wine, bottles)) == [(5, "magnesium", ">= 30", "1.5")]


def test_the_frame_given_is_left_alone(wine, bottles):
    bottles.loc[5, "hue"] = NAN
    before = bottles.copy(deep=True)
    check_rows(wine, bottles)
    assert_frame_equal(bottles, before)


def test_columns_that_are_no_features_are_kept_and_not_checked(wine, bottles):
    checked = check_rows(wine, bottles.assign(id="a", truth=pd.Categorical(["?"] * 178)))
    assert checked.valid["id"].eq("a").all()
    assert len(checked.valid) == 178


def test_rows_whose_numbers_repeat_are_refused(wine, bottles):
    bottles.index = [0, *range(177)]
    with pytest.raises(ValueError, match="unique"):
        check_rows(wine, bottles)


@pytest.mark.parametrize(
    ("value", "rule", "text"), [(INF, "finite", "inf"), (-INF, "finite", "-inf"), (NAN, "missing", "")]
)
@pytest.mark.parametrize("name", ["low", "high", "free"])
def test_what_is_not_finite_never_passes_whatever_the_bounds_leave_open(name, value, rule, text):
    checked = check_rows(LOOSE, loose(**{name: [1, value]}))
    assert checked.valid.index.tolist() == [0]
    assert lines(checked) == [(1, name, rule, text)]


def test_a_row_is_judged_alike_whatever_rows_come_with_it():
    frame = loose(low=[INF, 1], free=[1, NAN])
    assert lines(check_rows(LOOSE, frame))[:1] == lines(check_rows(LOOSE, frame.head(1)))


def test_labelled_rows_without_a_class_are_turned_away(wine, bottles):
    truth = pd.Series([0.0] * 178)
    truth[[4, 7]] = NAN
    checked = check_rows(wine, bottles.assign(truth=truth), labelled=True)
    assert checked.rejects[["row", "column", "rule"]].to_numpy().tolist() == [
        [4, "truth", "not a class"],
        [7, "truth", "not a class"],
    ]
    assert len(checked.valid) == 176


@pytest.mark.parametrize("bad", ["truth", "hue"])
def test_labelled_rows_are_turned_away_with_cells_as_they_stood(wine, bottles, bad):
    frame = bottles.assign(truth=0.0)
    frame.loc[4, bad] = NAN
    text = bottles.astype(str)  # as a reader gives it: the features alone
    checked = check_rows(wine, frame, labelled=True, as_it_stood=lambda at: text.iloc[at].reset_index(drop=True))
    assert checked.rejects["row"].tolist() == [4]
    assert len(checked.valid) == 177


@settings(max_examples=10)
@given(data=st.data())
def test_a_matrix_has_the_columns_of_the_table_whatever_those_of_the_frame(wine, shipped, data):
    order = data.draw(st.permutations(wine.features))
    matrix = check_rows(wine, shipped[order]).matrix()
    np.testing.assert_array_equal(matrix, shipped.to_numpy())


def test_a_matrix_leaves_the_rejected_rows_out(wine, bottles, shipped):
    bottles.loc[[0, 100], "ash"] = [NAN, 99]
    np.testing.assert_array_equal(check_rows(wine, bottles).matrix(), shipped.drop([0, 100]).to_numpy())


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        ((1, 3), []),
        ((1, 3.5), [("high", "whole", "3.5")]),
        ((1.5, 3), [("low", "isin(allowed_values=[0, 1, 2, 3, 8])", "1.5")]),
        ((2, 7), [("high", "not_seven", "7.0")]),
        ((3, 2), [(None, "ascending", "")]),
        ((0, 6), [(None, "near", "")]),
        ((8, 8), [(None, "no cell of 8", "")]),
        ((8, 7), [("high", "not_seven", "7.0"), (None, "ascending", ""), (None, "no cell of 8", "")]),
        ((-1, 1), [("low", ">= 0", "-1.0"), ("low", "isin(allowed_values=[0, 1, 2, 3, 8])", "-1.0")]),
    ],
)
def test_every_rule_of_a_table_is_reported_by_its_name(row, expected):
    checked = check_rows(RULED, ruled((0, 1), row))
    assert lines(checked) == [(1, *each) for each in expected]
    assert len(checked.valid) == 2 - bool(expected)


def test_rules_across_columns_stand_behind_those_of_the_row_s_columns():
    checked = check_rows(RULED, ruled((3, 1), (0, 1), (3, 1.5), (1, NAN)).assign(truth=[NAN, 0, 0, 0]), labelled=True)
    assert [(row, column) for row, column, *_ in lines(checked)] == [
        (0, "truth"),
        (0, None),
        (2, "high"),
        (2, None),
        (3, "high"),
    ]


@pytest.mark.parametrize("value", [NAN, INF, -INF])
def test_a_row_that_is_not_finite_is_not_asked_across_columns(value):
    assert {column for _, column, *_ in lines(check_rows(RULED, ruled((3, value), (value, 1))))} == {"low", "high"}


def test_a_frame_without_rows_meets_rules_across_columns():
    assert lines(check_rows(RULED, ruled().astype(float))) == []


def test_checks_see_the_features_alone_as_floats():
    seen = []
    table = with_check(lambda _, frame: seen.append(frame.dtypes.to_dict()) or frame["low"] >= 0)
    check_rows(table, ruled((1, 2)).assign(id="a", truth=0.0))
    assert seen[-1] == {"low": np.float64, "high": np.float64}


def test_a_check_that_changes_what_it_sees_changes_nothing_else():
    def spoil(_, frame):
        frame["low"] = -1.0
        return frame["high"] > 0

    checked = check_rows(with_check(spoil), ruled((1, 2), (1, 0)))
    assert checked.valid.to_numpy().tolist() == [[1, 2]]


def test_an_answer_that_is_missing_is_no_yes():
    table = with_check(lambda _, frame: (frame["low"] > 0).astype(object).where(frame["low"] != 2, None))
    assert lines(check_rows(table, ruled((1, 0), (2, 0)))) == [(1, None, "asked", "")]


@pytest.mark.parametrize(
    ("check", "found"),
    [
        (lambda _, frame: frame["id"] == "a", "KeyError 'id'"),
        (lambda _, frame: (frame["low"] > 0).to_numpy(), "NotImplementedError"),
        (lambda _, frame: 1 / 0, "ZeroDivisionError division by zero"),
        (lambda _, frame: bool(frame["low"].max() < 9) if frame["low"].max() > 2 else frame["low"] > 0, "a bool"),
    ],
)
def test_a_check_that_fails_itself_is_refused_in_one_line(check, found):
    with pytest.raises(TableError, match=rf"^check asked: .*; found {found}; return true or false for each row$"):
        check_rows(with_check(check), ruled((3, 1)))


@settings(max_examples=30)
@given(data=st.data())
def test_each_row_is_valid_or_rejected_and_judged_alike_alone(data):
    cell = st.sampled_from([NAN, INF, -1.0, 0.0, 0.5, 1.0, 2.0, 7.0, 8.0, 9.0])
    frame = ruled(*data.draw(st.lists(st.tuples(cell, cell), max_size=5)))
    checked = check_rows(RULED, frame)
    assert sorted([*checked.valid.index, *checked.rejects["row"].unique()]) == list(frame.index)
    alone = [line for at in range(len(frame)) for line in lines(check_rows(RULED, frame.iloc[[at]]))]
    assert lines(checked) == alone


def oracle(table, frame):
    try:
        schema_of(table).validate(frame, lazy=True)
    except SchemaErrors as errors:
        cases = errors.failure_cases
        return set(zip(cases["index"].astype(int), cases["column"], strict=True))
    return set()


@settings(max_examples=20)
@given(data=st.data())
def test_the_rows_and_columns_turned_away_are_those_pandera_finds(wine, shipped, data):
    edges = {
        name: [NAN, INF, -INF, 0.0, *wine.bounds[name], np.nextafter(wine.bounds[name][1], INF)]
        for name in wine.features
    }
    cell = st.sampled_from(wine.features).flatmap(
        lambda name: st.tuples(st.integers(0, 5), st.just(name), st.sampled_from(edges[name]))
    )
    frame = shipped.head(6).copy()
    for row, name, value in data.draw(st.lists(cell, max_size=5)):
        frame.loc[row, name] = value
    checked = check_rows(wine, frame)
    assert {(row, name) for row, name, _, _ in lines(checked)} == oracle(wine, frame)
    assert set(checked.valid.index) == set(range(6)) - {row for row, _, _, _ in lines(checked)}


SWITCHED_OFF = """
import pandas as pd
from schemas.checking import check_rows
from schemas.tables import get_table
wine = get_table("wine")
checked = check_rows(wine, pd.DataFrame({name: [1e9, 1e8, -1.0] for name in wine.features}))
print(len(checked.valid), len(checked.rejects))
"""


def test_validation_cannot_be_switched_off_from_outside():
    environment = os.environ | {"PANDERA_VALIDATION_ENABLED": "False"}
    done = subprocess.run(
        [sys.executable, "-c", SWITCHED_OFF], env=environment, capture_output=True, text=True, check=False
    )
    assert (done.stdout, done.returncode) == ("0 39\n", 0), done.stderr
