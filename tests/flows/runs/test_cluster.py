"""A cluster of Dask workers, each a process of its own, that label a file each, or a range of a large one."""

import re
import shutil
import signal
import sys
import time
from contextlib import closing
from pathlib import Path
from sqlite3 import connect
from threading import Thread

import numpy as np
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet as pq
import pytest
from prefect.client.schemas.filters import FlowRunFilter, FlowRunFilterId, FlowRunFilterName
from processors import KINDS

import work
from dask_workers import Workers
from data.staging import LOCK, stage_name
from flows.jobs import split
from flows.jobs.refusals import ClusterError
from flows.state.home import Home
from models.store import ModelStore
from work import WINE

pytest.importorskip("prefect_dask")  # an extra
from flows.runs import cluster

FILES = 5


LONG = 1_000  # times the shipped rows: long enough to be caught at work


@pytest.fixture(scope="module")
def tables(tmp_path_factory):
    """A long file and short ones, every other one with a row to reject."""
    head, *rows = WINE.read_text().splitlines()
    folder = tmp_path_factory.mktemp("tables")
    for number in range(FILES):
        bad = [rows[0].replace("14.23", "much")] * (number % 2)
        (folder / f"night-{number}.csv").write_text(
            "\n".join([head, *rows * (1 if number else LONG), *bad, *rows[number:]]) + "\n"
        )
    return folder


@pytest.fixture(scope="module")
def alone(tables, trained_home, tmp_path_factory):
    """A home in which this process has labelled every file by itself."""
    home = Home.at(shutil.copytree(trained_home, tmp_path_factory.mktemp("alone") / "home"))
    version = ModelStore(home.models).load()
    for table in sorted(tables.iterdir()):
        work.label(table, home, version)
    return home


@pytest.fixture(scope="module")
def workers(tmp_path_factory):
    cluster = Workers(tmp_path_factory.mktemp("cluster"))
    cluster.join()
    cluster.join(**KINDS["Nehalem"])  # what labels here is not what labels there
    yield cluster
    cluster.end()


@pytest.fixture
def label(program, ended, tables, home, prefect_server):
    """The program at work on a cluster, and how it ended."""

    def start(address, **variables):
        return program("label", tables, "--home", home, "--dask", address, "--json", cwd=home, **variables)

    return start


def same(home, alone):
    """The batches of which labels and rejects are byte for byte those that one process makes."""
    made = [
        name
        for name in (f"night-{number}" for number in range(FILES))
        for one, other in [(Home.at(home), alone)]
        if one.labels(name).read_bytes() == other.labels(name).read_bytes()
        and one.rejects(name).read_bytes() == other.rejects(name).read_bytes()
    ]
    return len(made)


def busy(home, processes):
    """A worker that is at work on a batch, and that batch: whoever holds the lock of its stage."""
    pids = {process.pid: process for process in processes}
    holders = re.findall(r"FLOCK .* (\d+) \w+:\w+:(\d+) ", Path("/proc/locks").read_text())
    for batch in (f"night-{number}" for number in range(FILES)):
        lock = Home.at(home).staging / f"{stage_name('batch', batch)}{LOCK}"
        for pid, inode in holders:
            if lock.exists() and lock.stat().st_ino == int(inode) and int(pid) in pids:
                return pids[int(pid)], batch
    return None


def test_the_files_of_workers_are_those_of_one_process_and_its_own_server_hears_of_every_task(
    label, workers, alone, home, ended, eventually, prefect_database
):
    def reported():
        with closing(connect(prefect_database)) as database:
            (run,) = database.execute("select id from flow_run order by created desc limit 1").fetchone()
            return sorted(database.execute("select name, state_name from task_run where flow_run_id = ?", (run,)))

    said = ended(label(workers.address, PREFECT_API_URL=None, PREFECT_HOME=str(prefect_database.parent)))
    assert (said.status, said.err) == (0, "")
    assert [batch["status"] for batch in said.document["batches"]] == ["labelled"] * FILES
    assert same(home, alone) == FILES
    expected = [(f"label night-{number}", "Completed") for number in range(FILES)]
    assert eventually(lambda: reported() == expected)  # its own server outlives the run until all is written down


def test_what_a_killed_worker_left_is_done_by_another_and_the_server_of_this_run_hears_of_it(
    label, workers, alone, home, ended, eventually, prefect_client
):
    running = label(workers.address)
    worker, batch = eventually(lambda: busy(home, workers.workers))
    worker.send_signal(signal.SIGKILL)
    worker.wait()
    assert not Home.at(home).labels(batch).exists()
    said = ended(running)
    assert (said.status, said.err) == (0, "")
    # One that the worker had ended, but not yet handed over, was found done.
    assert {each["status"] for each in said.document["batches"]} <= {"labelled", "unchanged"}
    assert same(home, alone) == FILES
    assert list(Home.at(home).staging.iterdir()) == []

    named = FlowRunFilter(name=FlowRunFilterName(like_="label 5 sources with version"))
    (run,) = (
        run for run in prefect_client.read_flow_runs(flow_run_filter=named) if run.parameters["home"] == str(home)
    )
    only = FlowRunFilter(id=FlowRunFilterId(any_=[run.id]))
    assert eventually(
        lambda: (
            [task.state_name for task in prefect_client.read_task_runs(flow_run_filter=only)] == ["Completed"] * FILES
        )
    )


@pytest.fixture(scope="module")
def large(tmp_path_factory):
    """A Parquet file of several ranges, rows and columns in any order, with rows to reject on both sides of ends."""
    path = tmp_path_factory.mktemp("large") / "large.parquet"
    bottles = pa.concat_tables([pyarrow.csv.read_csv(WINE)] * 3_000).combine_chunks()
    rng = np.random.default_rng(0)
    table = bottles.take(rng.permutation(bottles.num_rows)).select(rng.permutation(bottles.column_names).tolist())
    hue = table["hue"].to_numpy().copy()
    hue[[131_071, 131_072, 150_000, 199_999, 200_000, 399_999, 400_000, *range(2_000, 2_500), -1]] = 1e6
    table = table.set_column(table.column_names.index("hue"), "hue", pa.array(hue))
    pq.write_table(table, path, row_group_size=200_000)
    return path


@pytest.fixture
def ranges(monkeypatch):
    """Files are large sooner, for the process that splits them."""
    monkeypatch.setattr(split, "FEWEST_ROWS", 500_000)
    monkeypatch.setattr(split, "RANGE_ROWS", 150_000)


def labelled_alone(path, trained_home, folder, **asked):
    home = Home.at(shutil.copytree(trained_home, folder / "alone"))
    work.label(path, home, ModelStore(home.models).load(), **asked)
    return home


def equal(home, other, batch):
    return all(
        getattr(home, place)(batch).read_bytes() == getattr(other, place)(batch).read_bytes()
        for place in ("labels", "rejects")
    )


@pytest.mark.usefixtures("ranges")
def test_the_ranges_of_a_large_file_are_joined_to_the_bytes_of_one_process(
    wine_labels, workers, large, home, trained_home, tmp_path
):
    said = wine_labels("label", large, WINE, "--home", home, "--dask", workers.address, "--json", "--quiet")
    assert (said.status, said.err) == (0, "")
    batch, other = said.document["batches"]
    assert (batch["status"], batch["rows"], batch["rejected"]) == ("labelled", 534_000, 508)
    assert other["status"] == "labelled"
    assert equal(Home.at(home), labelled_alone(large, trained_home, tmp_path), "large")
    assert not [*Home.at(home).parts.iterdir()]
    assert not [*Home.at(home).staging.iterdir()]


@pytest.mark.usefixtures("ranges")
def test_the_range_of_a_killed_worker_is_done_by_another(
    wine_labels, large, home, trained_home, tmp_path, tmp_path_factory
):
    cluster = Workers(tmp_path_factory.mktemp("killed"))
    cluster.join()
    cluster.join()
    parts, killed = Home.at(home).parts, []

    def kill():
        """One of two workers, as soon as a range has been labelled."""
        while not (parts.exists() and [*parts.iterdir()]):
            time.sleep(0.01)
        cluster.workers[0].send_signal(signal.SIGKILL)
        killed.append(cluster.workers[0].wait())

    killing = Thread(target=kill, daemon=True)
    killing.start()
    try:
        said = wine_labels("label", large, "--home", home, "--dask", cluster.address, "--json", "--quiet")
    finally:
        cluster.end()
    assert killed == [-signal.SIGKILL]
    assert (said.status, said.document["batches"][0]["status"]) == (0, "labelled")
    assert equal(Home.at(home), labelled_alone(large, trained_home, tmp_path), "large")


@pytest.mark.usefixtures("ranges")
def test_what_is_wrong_with_a_range_is_said_as_of_a_file_and_no_part_stays(wine_labels, workers, large, home, tmp_path):
    path = shutil.copy(large, tmp_path / "damaged.parquet")
    place = pq.read_metadata(path).row_group(2).column(0).data_page_offset
    content = bytearray(path.read_bytes())
    content[place + 5_000 : place + 5_100] = b"x" * 100
    path.write_bytes(content)
    said = wine_labels("label", path, "--home", home, "--dask", workers.address, "--json", "--quiet")
    assert (said.status, said.document["batches"][0]["status"]) == (2, "refused")
    assert re.match(r"error: \S+damaged.parquet: cannot be read to its end; .*; write the file again\n$", said.err)
    assert not Home.at(home).labels("damaged").exists()
    assert not Home.at(home).parts.exists() or not [*Home.at(home).parts.iterdir()]


def test_where_no_cluster_is_a_run_ends_at_once_in_one_line(label, home, ended):
    said = ended(label("tcp://127.0.0.1:9"))
    assert said.status == 2
    assert re.fullmatch(r"error: tcp://127.0.0.1:9: no Dask cluster; found .*; start .*\n", said.err)
    assert not Home.at(home).labels("night-0").exists()


def test_a_cluster_of_another_environment_is_refused(workers, monkeypatch):
    found = cluster.Client.get_versions

    def elsewhere(client, **named):
        reported = found(client, **named)
        next(iter(reported["workers"].values()))["packages"]["pyarrow"] = "1.0"
        return reported

    monkeypatch.setattr(cluster.Client, "get_versions", elsewhere)
    with (
        cluster._connected(workers.address) as client,
        pytest.raises(ClusterError, match=r"found pyarrow 1\.0 on"),
    ):
        cluster._check_versions(workers.address, client)


def test_a_home_that_the_workers_do_not_see_is_refused(workers, home, monkeypatch):
    monkeypatch.setattr(cluster.Stage, "publish", lambda _: None)
    with cluster._connected(workers.address) as client, pytest.raises(ClusterError, match="do not share this home"):
        cluster._check_home(workers.address, client, Home.at(home))


def test_without_the_extra_the_error_says_what_to_install(wine_labels, home, monkeypatch):
    monkeypatch.delitem(sys.modules, "flows.runs.cluster", raising=False)
    monkeypatch.delattr("flows.runs.cluster", raising=False)
    monkeypatch.setitem(sys.modules, "distributed", None)
    said = wine_labels("label", WINE, "--home", home, "--dask", "local")
    assert said.status == 2
    assert said.err.startswith("error: Dask is not installed; found no package distributed; pip install 'wine-labels[d")
