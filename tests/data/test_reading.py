from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pandas.testing import assert_frame_equal

from data.layouts import SourceError, sniff
from data.reading import read_chunks
from schemas._table import get_table

COLUMNS = ("cultivar", *get_table("wine").features)


def test_the_shipped_rows_arrive_as_the_numbers_they_are(source, bottles, read, table):
    found = read(source(bottles)).frame
    due = bottles[list(table.features)].astype(float).set_axis(pd.RangeIndex(178, name="row"))
    assert_frame_equal(found[list(table.features)], due, check_index_type=False, check_exact=True)


def test_truth_arrives_as_the_text_it_is(source, bottles, read):
    found = read(source(bottles.assign(cultivar="Barolo "))).frame
    assert found["truth"].unique().tolist() == ["Barolo "]


def test_without_a_label_column_there_is_no_truth(source, bottles, read):
    assert "truth" not in read(source(bottles.drop(columns="cultivar"))).frame


def test_an_id_is_carried_through_as_text(source, bottles, read):
    found = read(source(bottles.assign(id=[f"00{row}" for row in range(178)]))).frame
    assert found["id"].tolist() == [f"00{row}" for row in range(178)]


@pytest.mark.parametrize("column", ["id", "cultivar"])
def test_a_text_that_is_not_there_is_null_in_either_kind_of_file(source, bottles, read, column):
    frame = bottles.assign(id="a")
    frame.loc[[3, 7], column] = None
    found = read(source(frame)).frame["truth" if column == "cultivar" else column]
    assert np.flatnonzero(found.isna()).tolist() == [3, 7]


def test_a_column_is_known_by_its_name_however_it_is_spelled(source, bottles, read, table):
    frame = bottles.rename(columns={name: f" {name.replace('_', '-').upper()} " for name in bottles})
    assert_frame_equal(read(source(frame)).frame, read(source(bottles)).frame)


@settings(max_examples=15, deadline=None)
@given(order=st.permutations(COLUMNS))
def test_columns_in_any_order_change_nothing(source, bottles, read, order):
    assert_frame_equal(read(source(bottles[list(order)])).frame, read(source(bottles)).frame, check_exact=True)


def test_extra_columns_are_ignored_and_named(source, bottles, read):
    frame = bottles.copy()
    frame.insert(0, "cellar", "north")
    frame.insert(6, "price", "12,50")
    found = read(source(frame))
    assert found.layout.ignored == ("cellar", "price")
    assert_frame_equal(found.frame, read(source(bottles)).frame, check_exact=True)


@pytest.mark.parametrize("rows", [1, 7, 50, 1000])
def test_chunk_size_changes_nothing(source, bottles, read, rows):
    frame = bottles.assign(id=[str(row) for row in range(178)])
    frame.loc[[0, 60, 177], "hue"] = ["x", "", "1_0"]
    path = source(frame)
    whole, cut = read(path), read(path, rows=rows)
    assert_frame_equal(cut.frame, whole.frame, check_exact=True)
    assert_frame_equal(cut.text, whole.text)


def test_a_chunk_is_about_as_long_as_asked_for(source, bottles, table):
    path = source(bottles)
    sizes = [chunk.rows for chunk in read_chunks(path, sniff(path, table), rows=50)]
    assert len(sizes) in (3, 4, 5)
    assert sum(sizes) == 178


def test_cells_are_given_as_they_stood_by_their_position_in_the_chunk(source, bottles, table):
    frame = bottles.copy()
    frame.loc[[171, 177], "hue"] = ["171x", "177x"]
    path = source(frame)
    *_, last = read_chunks(path, sniff(path, table), rows=40)
    asked = last.frame.index.get_indexer([177, 171])
    assert last.as_it_stood(asked)["hue"].tolist() == ["177x", "171x"]


def test_what_is_no_number_is_nan_and_keeps_its_text(source, bottles, read):
    frame = bottles.copy()
    frame.loc[[1, 2], "magnesium"] = ["1.5x", "1,5"]
    found = read(source(frame))
    assert found.frame["magnesium"].isna().tolist() == [False, True, True] + [False] * 175
    assert found.text["magnesium"].tolist()[:3] == ["127", "1.5x", "1,5"]


def test_a_missing_cell_is_nan_and_the_rest_of_its_row_stays(source, bottles, read):
    frame = bottles.copy()
    frame.loc[5, "ash"] = None
    found = read(source(frame)).frame
    assert found.isna().sum().sum() == 1
    assert np.isnan(found.loc[5, "ash"])


def test_a_file_without_rows_has_no_rows(source, bottles, table):
    path = source(bottles.head(0))
    assert sum(chunk.rows for chunk in read_chunks(path, sniff(path, table))) == 0


def test_a_missing_column_is_refused_by_name(source, bottles, table):
    with pytest.raises(SourceError, match="hue"):
        sniff(source(bottles.drop(columns="hue")), table)


def test_two_columns_for_one_feature_are_refused_by_both_names(source, bottles, table):
    with pytest.raises(SourceError, match=r"'hue'.*'HUE'"):
        sniff(source(bottles.assign(HUE="1")), table)


def test_a_file_that_is_not_there_is_refused(tmp_path, table):
    with pytest.raises(SourceError, match=r"absent\.csv"):
        sniff(tmp_path / "absent.csv", table)


@pytest.mark.parametrize("content", [b"", b"\n\n", b"PAR1", b"\x89PNG\r\n\x1a\n\x00\xff", b"a,b\n1,2\n"])
def test_what_is_no_table_of_wine_is_refused(text_file, table, content):
    with pytest.raises(SourceError):
        sniff(text_file(content), table)
