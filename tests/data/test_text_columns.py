import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from data.errors import SourceError
from data.sniffing import look
from data.text_columns import read_texts


def texts(path, **how):
    chunks = [*read_texts(path, look(path), **how)]
    return {
        place: [cell for chunk in chunks for cell in chunk.columns[place].to_pylist()] for place in chunks[0].columns
    }


@pytest.mark.parametrize("rows", [1, 2, 1000])
def test_every_column_is_text_in_chunks_of_any_size(tmp_path, rows):
    path = tmp_path / "a.csv"
    path.write_text('name,size\n"a, b",1.50\n"two\nlines",2\n"",NA\n')
    assert texts(path, rows=rows) == {0: ["a, b", "two\nlines", ""], 1: ["1.50", "2", "NA"]}


def test_numbers_and_flags_of_parquet_are_text_and_what_cannot_be_is_left_out(tmp_path):
    path = tmp_path / "a.parquet"
    table = pa.table({"size": [1.5, None], "whole": [2.0, 3.0], "flag": [True, False], "list": [[1], [2]]})
    pq.write_table(table, path)
    assert texts(path) == {0: ["1.5", None], 1: ["2", "3"], 2: ["true", "false"]}


def test_columns_of_parquet_that_share_a_name_are_left_out(tmp_path):
    path = tmp_path / "a.parquet"
    pq.write_table(pa.Table.from_arrays([pa.array([1]), pa.array([2]), pa.array([3])], ["a", "b", "a"]), path)
    assert texts(path) == {1: ["2"]}


def test_a_file_that_ends_within_a_page_is_refused_by_its_name(tmp_path):
    path = tmp_path / "a.csv.gz"
    pd.DataFrame({"a": range(100_000), "b": range(100_000)}).to_csv(path, index=False)
    layout = look(path)
    path.write_bytes(path.read_bytes()[:-100])
    with pytest.raises(SourceError, match=r"a\.csv\.gz: cannot be read to its end; "):
        list(read_texts(path, layout))
