"""A one-off run: the flows run once from this process, with a server of its own where none is named."""

from __future__ import annotations

import asyncio
import threading
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from data.sources import find_files_and_objects
from flows import server
from flows.batch import MAX_REJECTS
from flows.server import ServerError
from models.store import ModelStore

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from types import ModuleType, TracebackType

    from flows.home import Home
    from flows.schedule import Schedule


def _cluster() -> ModuleType:
    """What knows Dask; ClusterError where that is not installed."""
    try:
        from flows import cluster
    except ImportError as error:
        from flows.refusals import ClusterError

        message = f"Dask is not installed; found no package {error.name}; pip install 'wine-labels[dask]'"
        raise ClusterError(message) from error
    return cluster


class OneOff:
    """What a command needs of Prefect: sources are looked at before a server starts, a server starts before Prefect."""

    def __init__(self, home: Home, table: str, *, quiet: bool, stays: bool = False) -> None:
        self._home, self._table, self._quiet = home, table, quiet
        self._store = ModelStore(home.models(table))
        self._server: server.Server | None = None
        self._started = False
        self._stays = stays

    def __enter__(self) -> Self:
        """Nothing is started before a flow is."""
        self._open = ExitStack()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        """Leave the progress bar; the server ends with the process, once Prefect has told it everything."""
        self._open.close()

    def sources(self, names: Sequence[str]) -> list[str]:
        """The files that the names stand for; SourceError for a name that stands for none, before anything starts."""
        return find_files_and_objects(names)

    def champion(self) -> int | None:
        """The version that labels when none is named."""
        return self._store.champion()

    def train(self, source: str, recipe: str, seed: int, *, promote: bool) -> dict[str, Any]:
        """Run the training flow."""
        self._start()
        from flows.training import train

        return self._run(train, source, str(self._home.folder), self._table, recipe, seed, promote)

    def label(
        self,
        names: Sequence[str],
        *,
        version: int | None = None,
        replace: bool,
        columns: Sequence[str] | None = None,
        max_rejects: float = MAX_REJECTS,
        dask: str | None = None,
    ) -> list[dict[str, Any]]:
        """Run the labelling flow; the version is settled here, once for the whole run.

        With ``dask`` the workers of that cluster do it; ClusterError where they cannot, before anything starts.
        """
        settled = self._store.load(version)
        if dask is not None:
            names = [str(Path(name).absolute()) for name in names]
            cluster = _cluster()
            workers = self._open.enter_context(cluster.cluster(dask, self._home, len(self.sources(names))))
        self._start()
        from flows.labelling import label

        flow = label
        if dask is not None:
            self._open.enter_context(cluster.voices(workers))
            flow = label.with_options(task_runner=cluster.runner(workers))

        if not self._quiet:
            from flows.summary import show_progress

            self._open.enter_context(show_progress())
        stated = list(columns) if columns else None
        home = str(self._home.folder)
        pinned = settled.sha256 if dask is not None else None
        arguments = (list(names), home, settled.number, self._table, replace, stated, max_rejects, pinned)
        batches: list[dict[str, Any]] = self._run(flow, *arguments)["batches"]
        return batches

    def label_inbox(self, **options: Any) -> dict[str, Any]:
        """Run the nightly labelling flow once."""
        self._start()
        from flows.nightly import label_inbox

        return self._run(label_inbox, home=str(self._home.folder), table=self._table, **options)

    def serve(
        self,
        schedule: Schedule,
        options: dict[str, bool],
        told: Callable[[dict[str, Any]], object],
    ) -> None:
        """Serve the nightly flows until a signal ends it, or the server of its own does."""
        self._start()
        from flows import deploying

        due = deploying.deployments(self._home, self._table, schedule, options)
        ended = threading.Event()
        if self._server:
            self._server.follow(ended)
        document = {
            "home": str(self._home.folder),
            "inbox": str(self._home.inbox),
            "schedules": {"label-inbox": schedule.label, "retrain": schedule.retrain},
            "timezone": schedule.timezone,
        }
        gone = ServerError("the Prefect server ended; found its process gone; start again")
        try:
            deploying.serve(self._home, due, lambda url: told(document | {"server": url.removesuffix("/api")}))
        except BaseException as error:
            if ended.is_set():  # whatever came of that
                raise gone from error
            raise
        if ended.is_set():
            raise gone

    def _start(self) -> None:
        if not self._started:
            self._started = True
            self._server = (server.start_to_stay if self._stays else server.start)(self._home.prefect)
            import flows.steps  # noqa: F401  its imports take as long as the server's start

            server.use(self._server, needed=self._stays)

    def _run(self, flow: Callable[..., Any], *arguments: Any, **named: Any) -> dict[str, Any]:
        from httpx import HTTPError

        async def outcome() -> Any:
            state = await flow(*arguments, **named, return_state=True)
            return await state.aresult(raise_on_failure=False)

        try:
            result = asyncio.run(outcome())
        except HTTPError as error:
            message = f"the Prefect server went away; {error}; what is published stands, run again for the rest"
            raise ServerError(message) from error
        except RuntimeError as error:
            if not any(words in str(error) for words in ("reach API", "Timed out while attempting to connect")):
                raise
            message = f"the Prefect server cannot be used; {error}; start it, or name no server"
            raise ServerError(message) from error
        if isinstance(result, BaseException):
            raise result
        if "error" in result:
            from flows.refusals import RefusedError

            raise RefusedError(result["error"])
        return dict(result)
