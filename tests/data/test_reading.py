from __future__ import annotations

from decimal import Decimal

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pandas.testing import assert_frame_equal

from data.errors import SourceError
from data.reading import read_chunks, unparsed_chunks
from data.sniffing import sniff
from schemas.tables import get_table

COLUMNS = ("cultivar", *get_table("wine").features)
TENTHS = [127.5, 100.1, 0.3, 2.9]
KINDS = {
    "float64": pa.array(TENTHS),
    "text": pa.array(["127.5", "100.1", "0.3", "2.9"]),
    "large text": pa.array(["127.5", "100.1", ".3", " 2.9 "], pa.large_string()),
    "text view": pa.array(["127.5", "100.1", "0.3", "2.9"], pa.string_view()),
    "dictionary of text": pa.array(["127.5", "100.1", "0.3", "2.9"]).dictionary_encode(),
    "dictionary of numbers": pa.array(TENTHS).dictionary_encode(),
    "decimal": pa.array([Decimal("127.5"), Decimal("100.1"), Decimal("0.3"), Decimal("2.9")], pa.decimal128(12, 4)),
    "wide decimal": pa.array(
        [Decimal("127.5"), Decimal("100.1"), Decimal("0.3"), Decimal("2.9")], pa.decimal256(50, 4)
    ),
}


def test_the_shipped_rows_arrive_as_the_numbers_they_are(source, bottles, read, table):
    found = read(source(bottles)).frame
    expected = bottles[list(table.features)].astype(float).set_axis(pd.RangeIndex(178, name="row"))
    assert_frame_equal(found[list(table.features)], expected, check_index_type=False, check_exact=True)


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


@settings(max_examples=8)
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
    frame = bottles.head(60).assign(id=[str(row) for row in range(60)])
    frame.loc[[0, 31, 59], "hue"] = ["x", "", "1_0"]
    path = source(frame)
    whole, cut = read(path), read(path, rows=rows)
    assert_frame_equal(cut.frame, whole.frame, check_exact=True)
    assert_frame_equal(cut.text, whole.text)


def test_a_chunk_is_about_as_long_as_asked_for(source, bottles, table):
    path = source(bottles)
    sizes = [chunk.rows for chunk in read_chunks(path, sniff(path, table), rows=50)]
    assert len(sizes) in (3, 4, 5)
    assert sum(sizes) == 178


def test_chunks_may_be_parsed_in_any_order_once_the_file_was_read(source, bottles, table, read):
    path = source(bottles.replace({"hue": {"1.05": "x"}}))
    unparsed = [*unparsed_chunks(path, sniff(path, table), rows=50)]
    frames = [each.chunk().frame for each in reversed(unparsed)]
    for frame, chunk in zip(frames[::-1], read(path, rows=50).chunks, strict=True):
        assert_frame_equal(frame, chunk.frame, check_exact=True)


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


def test_the_headerless_layout_of_uci_keeps_its_first_bottle(text_file, bottles, lines, read):
    found = read(text_file("\n".join(lines[1:]) + "\n"))
    assert_frame_equal(found.frame, read(text_file("\n".join(lines) + "\n")).frame, check_exact=True)
    assert len(found.frame) == len(bottles)


@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"], ids=["plain", "marked"])
@pytest.mark.parametrize("newline", ["\n", "\r\n"], ids=["lf", "crlf"])
@pytest.mark.parametrize("header", [0, 1], ids=["header", "headerless"])
@pytest.mark.parametrize("end", ["", "newline", "blank"])
def test_marks_newlines_and_ends_change_nothing(text_file, lines, read, mark, newline, header, end):
    content = newline.join(lines[header:]) + {"": "", "newline": newline, "blank": 3 * newline}[end]
    found = read(text_file(mark + content.encode()))
    assert_frame_equal(found.frame, read(text_file("\n".join(lines) + "\n")).frame, check_exact=True)
    assert found.malformed == []


@pytest.mark.parametrize("rows", [1, 2, 1000])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("blank", ["", "  ", "," * 13, ",,", " , , ", ",\t," + "," * 11])
def test_blank_lines_and_lines_of_separators_alone_are_no_rows(text_file, lines, read, blank, end, rows):
    found = read(
        text_file(end.join([lines[0], blank, lines[1], blank, "1,2", blank, lines[2], *[blank] * 99])), rows=rows
    )
    assert found.frame.index.tolist() == [0, 2]
    assert [(row, text) for row, _, text in found.malformed] == [(1, "1,2")]


@pytest.mark.parametrize("blank", ["," * 13, ",".join(['""'] * 14)])
def test_a_line_of_separators_within_a_quoted_cell_is_no_line(text_file, lines, read, blank):
    content = [lines[0] + ",note", f'{lines[1]},"see\n{blank}\nbelow"', blank, f"{lines[2]},x"]
    found = read(text_file("\n".join(content)))
    assert (found.frame.index.tolist(), found.malformed) == ([0, 1], [])


def test_a_row_with_nothing_but_its_label_is_a_row(text_file, lines, read):
    assert len(read(text_file("\n".join([*lines[:20], "1" + "," * 13, "," * 12 + "9,"]))).frame) == 21


@pytest.mark.parametrize("first", ["1,2,3", ",".join("x" * 14), "1" + ",?" * 13], ids=repr)
def test_a_first_row_that_is_no_good_is_a_row_all_the_same(text_file, lines, table, first):
    path = text_file("\n".join([lines[0], first, *lines[1:]]))
    layout = sniff(path, table)
    chunks = list(read_chunks(path, layout))
    assert sum(chunk.rows for chunk in chunks) == 179
    assert chunks[-1].frame.index[-1] == 178


@pytest.mark.parametrize("rows", [1, 2, 1000])
def test_ragged_lines_are_malformed_rows_and_later_rows_keep_their_numbers(text_file, lines, read, rows):
    content = [lines[0], lines[1], "", "1,2,3", lines[2], lines[3] + ",9", "", lines[4]]
    found = read(text_file("\n".join(content)), rows=rows)
    assert found.frame.index.tolist() == [0, 2, 4]
    assert found.frame["magnesium"].tolist() == [127, 100, 113]
    assert [(row, text) for row, _, text in found.malformed] == [(1, "1,2,3"), (3, lines[3] + ",9")]


def test_a_file_of_nothing_but_ragged_lines_has_no_frame_rows(text_file, lines, table):
    path = text_file("\n".join([lines[0], "1,2", "3"]))
    chunks = list(read_chunks(path, sniff(path, table)))
    assert sum(len(chunk.frame) for chunk in chunks) == 0
    assert [(row, text) for chunk in chunks for row, _, text in chunk.malformed] == [(0, "1,2"), (1, "3")]


@pytest.mark.parametrize("blank", ["", "  ", "\t"])
@pytest.mark.parametrize("at", [1, 90, 179])
def test_a_blank_line_is_nothing(text_file, lines, read, blank, at):
    found = read(text_file("\n".join([*lines[:at], blank, blank, *lines[at:]])))
    assert len(found.frame) == 178
    assert found.frame.index.tolist() == list(range(178)) or found.malformed


def with_repeated(path, columns, name):
    twice = [*columns.values(), pa.array(list("abcd")), pa.array(list("efgh"))]
    pq.write_table(pa.Table.from_arrays(twice, names=[*columns, name, name]), path)
    return path


@pytest.mark.parametrize("kind", KINDS)
def test_a_number_is_the_same_whatever_type_holds_it(parquet_file, four, read, kind):
    assert read(parquet_file(four | {"magnesium": KINDS[kind]})).frame["magnesium"].tolist() == TENTHS


@pytest.mark.parametrize("kind", [pa.int8(), pa.uint16(), pa.int32(), pa.int64(), pa.float16(), pa.float32()], ids=str)
def test_whole_numbers_of_any_width_are_read(parquet_file, four, read, kind):
    whole = pa.array([127, 100, 101, 113]).cast(kind)
    assert read(parquet_file(four | {"magnesium": whole})).frame["magnesium"].tolist() == [127, 100, 101, 113]


def test_nulls_and_nan_are_nan(parquet_file, four, read):
    holes = {"magnesium": pa.array([1, None, 3, 4]), "ash": pa.nulls(4), "hue": pa.array([1.0, np.nan, None, 1.0])}
    found = read(parquet_file(four | holes)).frame
    assert found[list(holes)].isna().sum().to_dict() == {"magnesium": 1, "ash": 4, "hue": 2}


@pytest.mark.parametrize("kind", KINDS)
def test_cells_of_every_type_have_a_text(parquet_file, four, read, kind):
    text = read(parquet_file(four | {"magnesium": KINDS[kind]})).text["magnesium"]
    assert text.astype(float).tolist() == TENTHS


def test_a_dictionary_of_text_keeps_what_is_no_number(parquet_file, four, read):
    found = read(parquet_file(four | {"magnesium": pa.array(["1", "1.5x", None, "1.5x"]).dictionary_encode()}))
    assert found.frame["magnesium"].isna().tolist() == [False, True, True, True]
    assert found.text["magnesium"].tolist()[:2] == ["1", "1.5x"]


@pytest.mark.parametrize("truth", [pa.array([1, 2, 3, 1]), pa.array(["1", "2", "3", "1"]).dictionary_encode()], ids=str)
def test_truth_of_any_type_is_text(parquet_file, four, read, truth):
    assert read(parquet_file(four | {"cultivar": truth})).frame["truth"].tolist() == ["1", "2", "3", "1"]


def test_a_repeated_column_that_is_not_needed_does_no_harm(tmp_path, four, read):
    assert len(read(with_repeated(tmp_path / "wine.parquet", four, "note")).frame) == 4


def test_what_polars_writes_is_read(tmp_path, bottles, read):
    path = tmp_path / "wine.parquet"
    pl.DataFrame({name: bottles[name].tolist() for name in bottles}).write_parquet(path)
    found = read(path)
    assert found.frame["hue"].tolist() == bottles["hue"].astype(float).tolist()
    assert found.text["hue"].tolist() == bottles["hue"].tolist()


@pytest.mark.parametrize("kind", [pa.timestamp("us"), pa.list_(pa.int64())], ids=str)
def test_a_type_that_holds_no_number_is_refused(parquet_file, four, read, kind):
    with pytest.raises(SourceError, match="magnesium"):
        read(parquet_file(four | {"magnesium": pa.nulls(4).cast(kind)}))


def test_a_damaged_page_is_refused(tmp_path, four, table):
    path = tmp_path / "wine.parquet"
    pq.write_table(pa.table(four), path, write_page_checksum=True, compression="none", use_dictionary=False)
    column = pq.read_metadata(path).row_group(0).column(5)
    content = bytearray(path.read_bytes())
    content[column.data_page_offset + column.total_compressed_size - 1] ^= 1
    path.write_bytes(content)
    with pytest.raises(SourceError, match="CRC checksum verification failed"):
        list(read_chunks(path, sniff(path, table)))
