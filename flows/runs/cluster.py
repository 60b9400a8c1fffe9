"""The cluster: Dask workers that label, a file or a range each, where a run is to use them; imported only then.

They see the same home, on a file system they share with this process: each publishes its batch as this process would,
and what a killed one left is cleared by whoever does its file again. ``dask`` is an optional extra:
``pip install 'wine-labels[dask]'``.
"""

from __future__ import annotations

import asyncio
import logging
import os
import re
import sys
import time
import warnings
from concurrent.futures import CancelledError
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit
from uuid import uuid4

from distributed import Client, KilledWorker, LocalCluster, WorkerPlugin
from distributed.versions import VersionMismatchWarning

from data.staging import Stage
from data.threads import THREADS
from flows.jobs.batch import Batch
from flows.jobs.refusals import ClusterError
from flows.jobs.stopping import check
from flows.runs import server, settings

if TYPE_CHECKING:
    from collections.abc import Iterator

    from prefect.client.schemas.objects import State
    from prefect_dask.task_runners import DaskTaskRunner, PrefectDaskFuture

    from data.places import Place
    from flows.state.home import Home

LOCAL: Final = "local"
CONNECTING: Final = 4.0  # seconds; a scheduler that is there answers at once
FLUSHING: Final = 10.0  # seconds for a worker's last reports to Prefect; a server that is gone would take minutes
PAUSE: Final = 0.02
CARRIED: Final = ("PREFECT_API_KEY", "PREFECT_API_AUTH_STRING", *settings.SETTINGS)
LOST: Final = (KilledWorker, CancelledError, OSError)
"""What says that a task is lost, and not what it has raised, which is in its state."""
# What must be the same everywhere: what talks to each other, and what decides on bytes.
BOTH: Final = ("dask", "distributed", "cloudpickle")
WORKERS: Final = (*BOTH, "wine-labels", "prefect", "prefect-dask", "numpy", "pandas", "pyarrow")


class Connection(WorkerPlugin):  # type: ignore[misc]  # what it ships for types cannot be followed
    """What a worker needs to report its tasks to Prefect; without it, each would start a server of its own.

    Dask sets it up on every worker there is and on those that come later, a killed one's successor among them.
    """

    def __init__(self, variables: dict[str, str]) -> None:
        self.name = f"wine-labels {uuid4()}"
        self._variables = variables

    async def setup(self, worker: object) -> None:  # noqa: ARG002  Dask's signature
        """Name the server, to a Prefect that is imported already as well."""
        os.environ.update(self._variables)
        if "prefect" in sys.modules:
            from prefect.context import refresh_global_settings_context

            await _flush()
            refresh_global_settings_context()

    async def teardown(self, worker: object) -> None:  # noqa: ARG002
        """Have everything reported to the server: it may be one that ends with this run."""
        if "prefect" in sys.modules:
            await _flush()


async def _flush() -> None:
    """Send what waits, and let go of the connections: the next run may have another server."""
    from prefect.events.worker import EventsWorker
    from prefect.logging.handlers import APILogWorker

    for service in (EventsWorker, APILogWorker):
        waiting: Any = service.drain_all(timeout=FLUSHING, at_exit=False)
        await waiting


@contextmanager
def cluster(name: str, home: Home, pieces: int) -> Iterator[Client]:
    """The cluster at an address, or one of this machine's processors; ClusterError where it cannot do this work."""
    for logger in ("distributed", "distributed.client"):
        logging.getLogger(logger).setLevel(logging.CRITICAL)  # what goes wrong is said in our words
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", VersionMismatchWarning)
        if name == LOCAL:
            with _local(pieces) as own, Client(own, set_as_default=False) as client:
                yield client
        else:
            with _connected(name) as client:
                _check_versions(name, client)
                _check_home(name, client, home)
                yield client


def _local(pieces: int) -> LocalCluster:
    processors = len(os.sched_getaffinity(0))
    workers = max(1, min(processors, pieces))
    share = os.environ.get(THREADS) or str(max(1, processors // workers))
    return LocalCluster(
        n_workers=workers,
        threads_per_worker=1,
        processes=True,
        host="127.0.0.1",
        dashboard_address=None,
        memory_limit=0,  # a file of any size streams through; a limit would kill workers that do nothing wrong
        silence_logs=logging.CRITICAL,
        env={THREADS: share},
    )


def _connected(address: str) -> Client:
    if not re.fullmatch(r"[a-z]+://\S+:\d+", address):
        message = f"{address!r}: no address of a cluster; found no scheme and port; write tcp://HOST:8786 or {LOCAL}"
        raise ClusterError(message)
    try:
        client = Client(address, timeout=CONNECTING, set_as_default=False)
    except (OSError, ValueError) as error:
        found = " ".join(str(error).split()) or type(error).__name__
        message = f"{address}: no Dask cluster; found {found}; start a scheduler there or name another"
        raise ClusterError(message) from error
    try:
        client.wait_for_workers(1, timeout=CONNECTING)
    except TimeoutError as error:
        client.close()
        message = f"{address}: a Dask cluster without workers; found a scheduler alone; start `dask worker {address}`"
        raise ClusterError(message) from error
    return client


def _check_versions(address: str, client: Client) -> None:
    """ClusterError where a package differs: tasks could not be read there, or other bytes would be published."""
    found = client.get_versions(packages=list(WORKERS))
    here = _packages(found["client"])
    asked: list[tuple[str, dict[str, str | None], tuple[str, ...]]] = []
    asked.append(("its scheduler", _packages(found["scheduler"]), BOTH))
    asked += [(f"its worker {name}", _packages(each), WORKERS) for name, each in found["workers"].items()]
    for place, there, names in asked:
        for package in ("python", *names):
            if there.get(package) != here.get(package):
                which = f"{package} {there.get(package) or 'missing'} on {place}, {here.get(package)} here"
                message = f"{address}: another environment than this one; found {which}; install the same in both"
                raise ClusterError(message)


def _packages(reported: dict[str, Any]) -> dict[str, str | None]:
    packages: dict[str, str | None] = dict(reported["packages"])
    return packages | {"python": ".".join((packages["python"] or "").split(".")[:2])}


def _check_home(address: str, client: Client, home: Home) -> None:
    """ClusterError where a worker does not see a file made in the home just now."""
    with Stage(home.staging, "sign", str(uuid4())) as stage:
        sign = home.runs / f".seen-{uuid4()}"
        stage.file(sign).touch()
        stage.publish()
    try:
        seen = client.run(_fault_seeing, sign)
    finally:
        sign.unlink(missing_ok=True)
    for worker, fault in seen.items():
        if fault:
            message = f"{address}: its workers do not share this home; found {fault} on {worker}"
            raise ClusterError(f"{message}; name a --home that all of them see at {home.folder}")


def _fault_seeing(sign: Place) -> str:
    """Why a file cannot be seen here; empty where it can."""
    try:
        return "" if sign.exists() else "none of its files"
    except OSError as error:
        return f"that {error}"


@contextmanager
def connected_workers(client: Client) -> Iterator[None]:
    """Have the workers report to this process's Prefect server, and at the end all that waits to be sent."""
    from prefect.settings import PREFECT_API_URL

    url = str(PREFECT_API_URL.value())
    if urlsplit(url).scheme == "http" and not all(client.run(server.answers, url).values()):
        message = f"{url}: the Prefect server of this run is out of the workers' reach; found no answer from there"
        raise ClusterError(f"{message}; set PREFECT_API_URL to one that all of them reach")
    carried = {name: os.environ[name] for name in CARRIED if name in os.environ}
    connection = Connection(carried | {"PREFECT_API_URL": url})
    client.register_plugin(connection)
    try:
        yield
    finally:
        with suppress(OSError):  # the cluster may be gone
            client.unregister_worker_plugin(connection.name)


def runner(client: Client) -> DaskTaskRunner:
    """Prefect's task runner for this cluster."""
    from prefect_dask import DaskTaskRunner

    return DaskTaskRunner(address=client.scheduler.address, client_kwargs={"timeout": CONNECTING})


async def state_of(future: PrefectDaskFuture[Any], source: str) -> State[Any]:
    """The state a submitted task ends in, whichever worker has ended it.

    A file over which worker after worker dies is refused, and so are those that are left when the scheduler goes.
    """
    asked = future.wrapped_future
    while not asked.done():  # noqa: ASYNC110  Dask calls back from a thread, maybe after this loop has ended
        await asyncio.sleep(PAUSE)
    try:
        state: State[Any] = await asyncio.to_thread(asked.result)
    except LOST as error:
        return await _crashed(future, Batch.refused(source, _lost(source, error)))
    return state


class Handed:
    """A part of the work on a file that was handed to the workers."""

    def __init__(self, future: PrefectDaskFuture[Any], source: str) -> None:
        self._future, self._source = future, source

    def result(self) -> Any:
        """What came of it, once a worker is done; raises what it has raised, ClusterError where no worker is."""
        asked = self._future.wrapped_future
        while not asked.done():
            check()
            time.sleep(PAUSE)
        try:
            state: State[Any] = asked.result()
        except LOST as error:
            lost = _lost(self._source, error)
            asyncio.run(_crashed(self._future, Batch.refused(self._source, lost)))
            raise lost from error
        result = asyncio.run(state.aresult(raise_on_failure=False))
        if isinstance(result, BaseException):
            raise result
        return result

    def cancel(self) -> None:
        """Do without it, if no worker has begun."""
        with suppress(*LOST):
            self._future.wrapped_future.cancel()


def _lost(source: str, error: BaseException) -> ClusterError:
    if isinstance(error, KilledWorker):
        killed = error.allowed_failures + 1
        why = f"no worker has finished it; found {killed} killed at it, one after the other; label it without --dask"
    else:
        why = "the Dask cluster is gone; found it ended before the file was done; run again"
    return ClusterError(f"{source}: {why}")


async def _crashed(future: PrefectDaskFuture[Any], batch: Batch) -> State[Any]:
    """The state of a task that has died with its workers, which Prefect has heard nothing of since."""
    from prefect.client.orchestration import get_client
    from prefect.exceptions import PrefectHTTPStatusError
    from prefect.states import Crashed

    state: Any = Crashed(message=batch.error)
    async with get_client() as client:
        with suppress(PrefectHTTPStatusError):  # it died before Prefect had heard of it at all
            await client.set_task_run_state(future.task_run_id, state, force=True)
    return Crashed(message=batch.error, data=batch)
