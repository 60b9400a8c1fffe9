"""A source that others label by ranges: its labels and rejects are byte for byte those of one process."""

from __future__ import annotations

import random
import shutil
from concurrent.futures import ThreadPoolExecutor

import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet as pq
import pytest

import work
from data import parquet_file, parquet_part
from data.errors import SourceError
from data.sources import Source
from flows.jobs import label as labelling
from flows.jobs import split
from flows.jobs.range_tasks import Counting
from flows.jobs.split import Split, pieces
from flows.state.report import Report
from nn import fingerprints
from work import WINE

ROWS, GROUP, RANGE, CHUNK = 3_000, 97, 500, 150


@pytest.fixture(autouse=True)
def _small(monkeypatch):
    """Row groups, ranges and large files of few rows."""
    for module in (parquet_file, parquet_part):
        monkeypatch.setattr(module, "ROW_GROUP", GROUP)
    monkeypatch.setattr(split, "RANGE_ROWS", RANGE)
    monkeypatch.setattr(split, "FEWEST_ROWS", ROWS)


@pytest.fixture
def wines():
    """The shipped bottles again and again, all columns numbers."""
    bottles = pyarrow.csv.read_csv(WINE)
    return pa.concat_tables([bottles] * 17).combine_chunks()


def spoiled(table, rows, column="hue"):
    """The table with cells in these rows that meet no bound."""
    values = table[column].to_pylist()
    for row in rows:
        values[row] = 1e6
    return table.set_column(table.column_names.index(column), column, pa.array(values))


class Workers:
    """Threads that do tasks as processes elsewhere would; one task in so many is lost, and done again."""

    def __init__(self, threads=3):
        self._pool = ThreadPoolExecutor(threads)
        self.tasks = []

    def __call__(self, task):
        self.tasks.append(task)
        return self._pool.submit(task)


def shared(path, home, workers, **asked):
    request = work.request(home.folder, work.champion(home.folder), chunk_rows=CHUNK, **asked)
    source = Source.at(str(path))
    return labelling.label(source, request, request.model(), portions=Split(source, request, workers))


def figures(home, batch):
    names = ["metric", "label", "other", "value", "count"]
    return work.cells(Report.read(home.report(batch)) and home.report(batch), *names)


@pytest.fixture
def home(trained_home, tmp_path):
    """A home with version 1 and nothing labelled yet."""
    return work.Home.at(shutil.copytree(trained_home, tmp_path / "home"))


@pytest.fixture
def both(tmp_path, trained_home):
    """Label a table by one process and by workers; what was published of each, and the workers."""

    def label(table, group=50, name="wines.parquet", **asked):
        path = tmp_path / name
        pq.write_table(table, path, row_group_size=group)
        homes = [work.Home.at(shutil.copytree(trained_home, tmp_path / each)) for each in ("one", "many")]
        workers = Workers()
        one = work.label(path, homes[0], chunk_rows=CHUNK, **asked)
        many = shared(path, homes[1], workers, **asked)
        assert (one.rows, one.labelled, one.rejected) == (many.rows, many.labelled, many.rejected)
        for place in ("labels", "rejects"):
            mine, theirs = (getattr(home, place)(one.batch).read_bytes() for home in homes)
            assert mine == theirs, place
        assert figures(homes[0], one.batch) == figures(homes[1], one.batch)
        assert not [*homes[1].parts.iterdir()]
        assert not [*homes[1].staging.iterdir()]
        return many, workers, homes[1]

    return label


@pytest.mark.parametrize("group", [50, 500, 499, 700, 5_000])
def test_row_groups_of_any_size(both, wines, group):
    many, workers, _ = both(wines, group)
    assert (many.labelled, many.rejected) == (wines.num_rows, 0)
    assert len(workers.tasks) == 2 * {50: 6, 499: 4, 500: 7, 700: 5, 5_000: 1}[group]


ENDS = [0, 1, 96, 97, 98, 499, 500, 501, 999, 1000, 3025]


@pytest.mark.parametrize(
    "rows",
    [ENDS, range(450, 560), range(600, 1200), [], random.Random(0).sample(range(3026), 500)],
    ids=["at the ends", "across a boundary", "a whole range", "none", "anywhere"],
)
def test_rows_that_are_rejected(both, wines, rows):
    many, _, _ = both(spoiled(wines, rows))
    assert many.rejected == len(rows)


def test_rows_and_columns_in_any_order_with_ids(both, wines):
    order = random.Random(1).sample(range(wines.num_rows), wines.num_rows)
    ids = pa.array([f"B{row}" for row in range(wines.num_rows)])
    table = wines.append_column("id", ids).take(order)
    both(table.select(random.Random(2).sample(table.column_names, len(table.column_names))))


def test_labels_that_contradict_the_model_are_left_out_by_all(both, wines):
    turned = pa.array([{1: 2, 2: 3, 3: 1}[each] for each in wines["cultivar"].to_pylist()])
    many, workers, home = both(wines.set_column(0, "cultivar", turned))
    assert len(workers.tasks) == 2 * 2 * 6  # all again
    assert many.accuracy is None
    assert "remark" in {line[0] for line in figures(home, many.batch)}


@pytest.mark.parametrize("most", [10, 500, 1_000, 10_000])
def test_rows_that_repeat_are_counted_of_as_many_as_by_one_process(both, wines, monkeypatch, most):
    monkeypatch.setattr(fingerprints, "MOST_ROWS", most)
    monkeypatch.setattr("flows.jobs.range_tasks.MOST_ROWS", most)
    both(wines)


def test_too_many_rejects_are_refused_in_the_same_words(wines, tmp_path, home):
    pq.write_table(spoiled(wines, range(1_200, 2_200)), tmp_path / "a.parquet", row_group_size=50)
    with pytest.raises(SourceError) as one:
        work.label(tmp_path / "a.parquet", home, chunk_rows=CHUNK)
    with pytest.raises(SourceError) as many:
        shared(tmp_path / "a.parquet", home, Workers())
    assert str(one.value) == str(many.value)
    assert not [*home.parts.iterdir()]


def test_an_error_of_a_worker_ends_it_and_leaves_nothing(wines, tmp_path, home, monkeypatch):
    pq.write_table(wines, tmp_path / "a.parquet", row_group_size=50)

    def broken(task):
        if task.rows.start > 1_000:
            message = "a damaged file"
            raise SourceError(message)
        return counted(task)

    counted = Counting.__call__
    monkeypatch.setattr(Counting, "__call__", broken)
    with pytest.raises(SourceError, match="a damaged file"):
        shared(tmp_path / "a.parquet", home, Workers(1))
    assert not home.parts.exists() or not [*home.parts.iterdir()]
    assert not home.labels("a").exists()


def test_a_range_that_is_done_twice_is_published_once(both, wines, monkeypatch):
    plain = Workers.__call__

    def twice(workers, task):
        plain(workers, task).result()
        return plain(workers, task)

    monkeypatch.setattr(Workers, "__call__", twice)
    both(wines)


def test_a_source_that_changes_is_refused(wines, tmp_path, home):
    path = tmp_path / "a.parquet"
    pq.write_table(wines, path, row_group_size=50)

    class Changing(Workers):
        def __call__(self, task):
            if not self.tasks:
                pq.write_table(spoiled(wines, [2_000]), path, row_group_size=50)
            return super().__call__(task)

    with pytest.raises(SourceError, match="changed while it was read"):
        shared(path, home, Changing())
    assert not home.labels("a").exists()


def test_split_is_a_parquet_file_of_many_rows_in_several_row_groups(wines, tmp_path, home):
    request = work.request(home.folder, work.champion(home.folder), chunk_rows=CHUNK)
    places = {name: tmp_path / f"{name}.parquet" for name in ("large", "one group", "few rows")}
    pq.write_table(wines, places["large"], row_group_size=50)
    pq.write_table(wines, places["one group"])
    pq.write_table(wines.slice(0, ROWS - 1), places["few rows"], row_group_size=50)
    assert {name: pieces(str(path), request) for name, path in places.items()} == {
        "large": 6,
        "one group": 1,
        "few rows": 1,
    }
    others = [WINE, tmp_path / "missing.parquet", "s3://bucket/large.parquet"]
    assert [pieces(str(other), request) for other in others] == [1, 1, 1]
