"""A cluster of Dask workers, each a process of its own, that label a file each."""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from contextlib import closing, nullcontext
from pathlib import Path
from sqlite3 import connect
from types import SimpleNamespace

import pytest
from prefect.client.schemas.filters import FlowRunFilter, FlowRunFilterId, FlowRunFilterName
from processors import KINDS

import work
from data.staging import LOCK, stage_name
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


class Workers:
    """A real scheduler and real workers, each a process of its own, that know nothing of Prefect."""

    def __init__(self, folder):
        self._folder = folder
        self._file = folder / "scheduler.json"
        self._scheduler = self._start("scheduler", "--port", "0", "--scheduler-file", str(self._file))
        self.workers = []

    def _start(self, kind, *words, **variables):
        known = {name: value for name, value in os.environ.items() if name != "PREFECT_API_URL"} | variables
        command = [sys.executable, "-P", "-m", f"distributed.cli.dask_{kind}", "--no-dashboard", *words]
        return subprocess.Popen(command, cwd=self._folder, env=known, stdout=-3, stderr=-3)

    def join(self, **variables):
        name = f"--scheduler-file {self._file} --nthreads 1 --no-nanny --local-directory {self._folder}"
        self.workers.append(self._start("worker", *name.split(), **variables))

    @property
    def address(self):
        while not self._file.exists() or not self._file.stat().st_size:
            time.sleep(0.05)
        return json.loads(self._file.read_text())["address"]

    def end(self):
        for process in (*self.workers, self._scheduler):
            process.kill()
            process.wait()


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
    monkeypatch.setattr(cluster.tempfile, "NamedTemporaryFile", lambda **_: nullcontext(SimpleNamespace(name="/gone")))
    with cluster._connected(workers.address) as client, pytest.raises(ClusterError, match="do not share this home"):
        cluster._check_home(workers.address, client, Home.at(home))


def test_without_the_extra_the_error_says_what_to_install(wine_labels, home, monkeypatch):
    monkeypatch.delitem(sys.modules, "flows.runs.cluster", raising=False)
    monkeypatch.delattr("flows.runs.cluster", raising=False)
    monkeypatch.setitem(sys.modules, "distributed", None)
    said = wine_labels("label", WINE, "--home", home, "--dask", "local")
    assert said.status == 2
    assert said.err.startswith("error: Dask is not installed; found no package distributed; pip install 'wine-labels[d")
