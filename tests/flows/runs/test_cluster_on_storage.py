"""Workers without a common disk: what they need is the address of the home, and what says who asks."""

import signal
import time
from threading import Thread

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from dask_workers import Workers
from data.object_path import ObjectPath
from data.uploads import upload
from flows.jobs import split
from flows.state.home import Home
from work import HEADER, LINES, WINE, label, write

pytest.importorskip("prefect_dask")  # an extra

FILES, LONG, RANGES = 6, 300, 5


@pytest.fixture
def address(seaweedfs, monkeypatch, tmp_path, trained_home):
    """The address of a home with version 1 in a bucket that the environment has the keys of."""
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr("tempfile.tempdir", None)
    with seaweedfs.bucket("workers") as made:
        for name, value in made.variables.items():
            monkeypatch.setenv(name, value)
        files = [path for path in trained_home.rglob("*") if path.is_file()]
        home = ObjectPath.at(made.address) / "home"
        upload({path: home / path.relative_to(trained_home).as_posix() for path in files})
        yield str(home)


@pytest.fixture
def workers(tmp_path_factory, address):
    """Four workers, each with a working folder and a temporary folder that no other process looks into."""
    cluster = Workers(tmp_path_factory.mktemp("cluster"))
    cluster.scratch = [tmp_path_factory.mktemp(f"worker-{number}") for number in range(4)]
    for folder in cluster.scratch:
        cluster.join(folder, TMPDIR=str(folder), HOME=str(folder))
    yield cluster
    cluster.end()


def at_work(folder):
    """Whether a worker has anything on a stage."""
    return any(path.is_dir() for path in folder.glob("wine-labels-*/*/data/.staging/*"))


def kill_one(workers, killed):
    """The first of them that is seen at work."""
    while not killed:
        for process, folder in zip(workers.workers, workers.scratch, strict=True):
            if at_work(folder):
                process.send_signal(signal.SIGKILL)
                killed.append(process.wait())
                return
        time.sleep(0.01)


def same(home, alone, batch):
    """Whether labels and rejects are byte for byte those of another home."""
    return all(
        getattr(home, kind)(batch).read_bytes() == getattr(alone, kind)(batch).read_bytes()
        for kind in ("labels", "rejects")
    )


def test_files_are_labelled_by_workers_without_a_common_disk_though_one_is_killed(
    address, workers, wine_labels, tmp_path, home
):
    tables = [write(tmp_path / f"night-{number}.csv", *LINES * LONG, *LINES[number:]) for number in range(FILES)]
    nights = ObjectPath.at(address).parent / "nights"
    upload({path: nights / path.name for path in tables})
    killed: list[int] = []
    killing = Thread(target=kill_one, args=(workers, killed), daemon=True)
    killing.start()
    said = wine_labels("label", f"{nights}/", "--home", address, "--dask", workers.address, "--json", "--quiet")
    assert killed == [-signal.SIGKILL]
    assert (said.status, {each["status"] for each in said.document["batches"]}) == (0, {"labelled"})
    alone = Home.at(home)
    for path in tables:
        label(path, alone)
        assert same(Home.at(address), alone, path.stem)


def test_one_large_file_is_shared_by_workers_without_a_common_disk(
    address, workers, wine_labels, tmp_path, home, monkeypatch
):
    monkeypatch.setattr(split, "FEWEST_ROWS", 1)
    monkeypatch.setattr(split, "RANGE_ROWS", 150_000)
    large = large_file(tmp_path / "large.parquet")
    place = ObjectPath.at(address).parent / "large.parquet"
    upload({large: place})
    said = wine_labels("label", place, "--home", address, "--dask", workers.address, "--json", "--quiet")
    assert (said.status, said.document["batches"][0]["status"]) == (0, "labelled")
    label(large, Home.at(home))
    assert same(Home.at(address), Home.at(home), "large")
    assert [*Home.at(address).parts.iterdir()] == []


def large_file(path):
    """The shipped bottles many times over, some of which are rejected, in several row groups."""
    rows = np.array([[float(cell) for cell in line.split(",")[1:]] for line in LINES])
    names = HEADER.split(",")[1:]
    x = np.tile(rows, (RANGES * 150_000 // len(rows), 1))
    x[::997, 0] = 99.0
    pq.write_table(pa.table(dict(zip(names, x.T, strict=True))), path, row_group_size=50_000)
    return path


def test_workers_without_keys_are_refused_before_anything_starts(address, tmp_path_factory, wine_labels):
    cluster = Workers(tmp_path_factory.mktemp("cluster"))
    folder = tmp_path_factory.mktemp("stranger")
    cluster.join(folder, TMPDIR=str(folder), AWS_ACCESS_KEY_ID="nobody", AWS_SECRET_ACCESS_KEY="knows")
    try:
        said = wine_labels("label", WINE, "--home", address, "--dask", cluster.address)
    finally:
        cluster.end()
    assert said.status == 2
    assert "its workers do not share this home; found that s3://workers/home" in said.err
    assert "access is denied" in said.err
    assert "knows" not in said.err
