"""A range counted and labelled by itself: what is left of it, and nothing where it fails."""

import shutil

import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet as pq
import pytest

from data import parquet_part
from data.arrow_stream import table_of
from data.row_ranges import RowRange
from data.sources import Source
from flows.jobs.label import layout_of
from flows.jobs.labeller import Labeller
from flows.jobs.range_tasks import Counting, Labelling
from flows.jobs.shared import Shared
from nn.fingerprints import MOST_ROWS
from work import TABLE, WINE, champion, request

ROWS = RowRange((1, 3), 50, 150)


@pytest.fixture
def shared(tmp_path, trained_home):
    home = shutil.copytree(trained_home, tmp_path / "home")
    wines = pyarrow.csv.read_csv(WINE)
    hue = pa.array([1e6 if row in (49, 50, 149, 150) else value for row, value in enumerate(wines["hue"].to_pylist())])
    path = tmp_path / "wines.parquet"
    pq.write_table(wines.set_column(wines.column_names.index("hue"), "hue", hue), path, row_group_size=50)
    source = Source.at(str(path))
    return Shared.of(source, layout_of(source, TABLE), request(home, champion(home), chunk_rows=50))


def test_the_rows_are_counted_that_are_labelled(shared):
    assert Counting(shared, ROWS)() == 98
    assert sum(tally.labelled for tally in Labelling(shared, ROWS, 49, 98)()) == 98


def test_rows_are_left_by_where_their_row_groups_end(shared, monkeypatch):
    monkeypatch.setattr(parquet_part, "ROW_GROUP", 64)
    task = Labelling(shared, ROWS, 49, 98)
    task()
    assert table_of(task.parts.labels.before)["row"].to_pylist() == [*range(51, 66)]
    assert table_of(task.parts.labels.after)["row"].to_pylist() == [*range(66, 149)]
    assert table_of(task.parts.rejects)["row"].to_pylist() == [50, 149]


def test_its_counts_are_those_of_its_chunks_and_its_sample_is_apart(shared):
    task = Labelling(shared, ROWS, 49, 98)
    tallies = task()
    assert [tally.rows for tally in tallies] == [50, 50]
    assert [len(tally.sample.numbers) for tally in tallies] == [0, 0]
    assert task.parts.kept_sample().numbers.tolist() == [*range(51, 149)]


@pytest.mark.parametrize(("before", "kept"), [(MOST_ROWS - 98, 98), (MOST_ROWS, 0)])
def test_fingerprints_are_kept_where_they_are_looked_at(shared, before, kept):
    task = Labelling(shared, ROWS, before, 98)
    task()
    assert len(task.parts.kept_prints()) == kept


def test_where_it_fails_nothing_is_left(shared, monkeypatch):
    monkeypatch.setattr(Labeller, "_check", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        Labelling(shared, ROWS, 49, 98)()
    assert not shared.request.home.parts.exists()
    assert not [*shared.request.home.staging.iterdir()]


def test_a_task_is_called_by_what_it_does(shared):
    assert str(Counting(shared, ROWS)) == "count rows 50 to 149 of wines"
    assert str(Labelling(shared, ROWS, 49, 98)) == "label rows 50 to 149 of wines"
