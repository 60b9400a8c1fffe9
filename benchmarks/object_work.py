"""What is done to a home on object storage while it is tortured, each by a function that a spawned process can run."""

import os
import time
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from data.staging import Stage
from flows.state.home import Home
from models.store import ModelStore
from nn.classifier import Classifier
from nn.encoding import Standardizer
from nn.network import init_network

SPAWN = get_context("spawn")  # obstore hangs in a process that was forked after it was used
FRESH = get_context("forkserver")  # forked from a process that has never used it, with all of this imported
PROCESSES = 8
PATIENCE = 600  # seconds
BATCH = "october"
VALUES = {"rejects": 150_000, "reports": 130_000, "labels": 1_100_000}  # 1, 1 and 9 MB, which are sent in pieces of 8


def drawn(seed):
    """A small classifier of random numbers."""
    rng = np.random.default_rng(seed)
    network = init_network((13, 8, 5, 3), rng, "glorot")
    standardizer = Standardizer(rng.normal(size=13), rng.uniform(0.1, 300, size=13))
    features = tuple(f"feature {place}" for place in range(13))
    return Classifier(features, ("barolo", "grignolino", "barbera"), standardizer, network)


def store_of(home):
    return ModelStore(home.models)


def results_of(home, batch=BATCH):
    """The three files of a batch, in the order in which they are published."""
    return {"rejects": home.rejects(batch), "reports": home.report(batch), "labels": home.labels(batch)}


def make(path, name, turn):
    """Write one of the files, the same bytes for the same name and turn."""
    values = np.random.default_rng([len(name), turn]).random(VALUES[name])
    table = pa.table({"value": values}).replace_schema_metadata({"turn": str(turn)})
    pq.write_table(table, path, compression="none", use_dictionary=False, write_page_checksum=True)


def publish(home, turn, batch=BATCH):
    """A batch, as `flows.jobs.publication` publishes one."""
    with Stage(home.staging, "batch", batch) as stage:
        for name, place in results_of(home, batch).items():
            make(stage.file(place), name, turn)
        stage.publish()


def save(home, turn):
    """A version of its own, which says whose it is."""
    return store_of(home).save(drawn(turn % 10), {"job": turn}).number


def promote(home, turn):
    """One of the versions there are."""
    versions = store_of(home).versions()
    store_of(home).promote(versions[turn * 7 % len(versions)], f"job {turn}")


def publish_own(home, turn):
    """A batch of its own."""
    publish(home, turn, f"batch-{turn}")


# Many at once.


def together(act, address, each):
    """What a function gives in so many processes for so many turns each, none of which is done twice; the faults."""
    barrier = SPAWN.Barrier(PROCESSES)
    with ProcessPoolExecutor(PROCESSES, SPAWN, _wait, (barrier,)) as pool:
        shares = [
            pool.submit(_share, act, address, range(place * each, (place + 1) * each)) for place in range(PROCESSES)
        ]
        done = [each for share in shares for each in share.result()]
    return [given for given, fault in done if not fault], [fault for _, fault in done if fault]


_barrier = None


def _wait(barrier):
    global _barrier  # noqa: PLW0603  a pool hands things to its processes in no other way
    _barrier = barrier


def _share(act, address, turns):
    _barrier.wait(PATIENCE)
    return [_tried(act, Home.at(address), turn) for turn in turns]


def _tried(act, home, turn):
    try:
        return act(home, turn), ""
    except Exception as error:  # noqa: BLE001  whatever it is, it did not end well
        return None, f"{act.__name__} {turn}: {type(error).__name__}: {error}"


# One that is killed.


class Victim:
    """A process that is ready to do one thing; it is up by the time it is needed when it is made before the last."""

    def __init__(self, act, address):
        self._pipe, other = FRESH.Pipe()
        self._process = FRESH.Process(target=_obey, args=(act, address, other, dict(os.environ)), daemon=True)
        self._process.start()

    def killed(self, turn, moment):
        """Begin and kill it so many seconds later; whether it was still at it."""
        self._ready()
        self._pipe.send(turn)
        done = self._pipe.poll(moment)
        self._process.kill()
        self._process.join()
        return not done

    def took(self, turn):
        """Let it end; how long it took."""
        self._ready()
        start = time.perf_counter()
        self._pipe.send(turn)
        assert self._pipe.poll(PATIENCE)
        took = time.perf_counter() - start
        self._process.join()
        return took

    def end(self):
        """It is not needed any more."""
        self._process.kill()
        self._process.join()

    def _ready(self):
        assert self._pipe.poll(PATIENCE)
        self._pipe.recv()


def _obey(act, address, pipe, environment):
    os.environ.update(environment)
    home = Home.at(address)
    home.models.exists()  # the first request of a process takes longer than any other
    pipe.send(os.getpid())
    act(home, pipe.recv())
    pipe.send("done")
