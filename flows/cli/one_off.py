"""A one-off run: the flows run once from this process, with a server of its own where none is named."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Self

from data.addresses import is_object
from data.errors import SourceError
from data.files import batch_name, check_name, check_text
from flows.cli.watch import watched
from flows.jobs.batch import Batch
from flows.jobs.refusals import ClusterError, ServerError, TrainingError
from flows.jobs.request import Request, Training
from flows.runs import reach, server
from models.store import ModelStore

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from types import ModuleType, TracebackType

    from flows.jobs.batch import Trained
    from flows.jobs.night import Night
    from flows.runs.schedule import Schedule
    from flows.state.home import Home

MOST_CHARACTERS: Final = 300_000  # of names in a flow's parameters, which Prefect takes up to 512 KiB


def _cluster() -> ModuleType:
    """What knows Dask; ClusterError where that is not installed."""
    try:
        from flows.runs import cluster
    except ImportError as error:
        message = f"Dask is not installed; found no package {error.name}; pip install 'wine-labels[dask]'"
        raise ClusterError(message) from error
    return cluster


def _check_name(name: str) -> None:
    check_text(name)  # all of it, folders too, is a parameter of a flow
    check_name(name)


def _by_name(files: Sequence[str]) -> tuple[list[str], list[Batch]]:
    """The files whose names Prefect can bear, and the refusals of the others."""
    named: list[str] = []
    refused: list[Batch] = []
    for name in files:
        try:
            check_text(name)
        except SourceError as error:
            refused.append(Batch.refused(name, error))
        else:
            named.append(name)
    return named, refused


class OneOff:
    """What a command needs of Prefect.

    The order is what makes a run quick: the server's process is started first and imports what it needs while the
    request is looked at; only a request that can be carried out has it begin, and imports Prefect here.
    """

    def __init__(self, home: Home, *, quiet: bool, stays: bool = False) -> None:
        self._home, self._quiet, self._stays = home, quiet, stays
        self._store = ModelStore(home.models)
        self._server: server.Server | None = None
        self._warm = self._started = False

    def __enter__(self) -> Self:
        """Nothing is started before a flow is."""
        self._open = ExitStack()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        """Leave the progress bar; the server ends with the process, once Prefect has reported everything to it."""
        self._open.close()

    def shipped(self) -> list[str]:
        """The rows that the table ships; TrainingError where it ships none."""
        return [*Training(self._home).tables()]

    def champion(self) -> int | None:
        """The version that labels when none is named."""
        return self._store.champion()

    def unchanged(self, files: Sequence[str], request: Request) -> list[Batch] | None:
        """What a run would answer where all files are labelled already; None where one is needed, or is to be recorded.

        That there are labels at all is looked at first: where there are none, nothing is lost by having asked.
        """
        if not all(self._home.labels(batch_name(name)).exists() for name in files) or self._recorded():
            return None
        from flows.jobs.standing import unchanged

        return unchanged(files, request)

    def idle(self, *, again: bool, replace: bool, quiet_seconds: float) -> Night | None:
        """The same of a look into the inbox."""
        if self._recorded():
            return None
        from flows.jobs.inbox import idle

        return idle(self._home, relabel=replace, again=again, quiet=quiet_seconds)

    def refused(self, files: Sequence[str], columns: Sequence[str] | None = None) -> list[Batch]:
        """The refusals of files none of which is a table, as their heads show before anything starts.

        Empty where any of them may be labelled: then the others are refused as batches of that run.
        """
        refused: list[Batch] = []
        for name in files:
            if is_object(name):
                return []
            try:
                _check_name(name)
                self._sniffed(name, columns)
            except SourceError as error:
                refused.append(Batch.refused(name, error))
            else:
                return []
        return refused

    def check_trainable(self, files: Sequence[str]) -> None:
        """SourceError or TrainingError where one of these files cannot be trained on, as its labels show."""
        self._warm_up()
        from flows.jobs.training_rows import labelled_layout

        for name in files or self.shipped():
            check_text(name)
            if not is_object(name):
                labelled_layout(Path(name), self._home.table)

    def check_told(self) -> None:
        """TrainingError where no truth was told yet."""
        from flows.state.tellings import check_deliveries, deliveries

        check_deliveries(self._home)
        if not deliveries(self._home):
            place = self._home.truth("").parent
            message = f"no truth to learn from; found none in {place}; add some with `wine-labels truth add FILE`"
            raise TrainingError(message)

    def train(self, training: Training) -> Trained:
        """Run the training flow."""
        self._home.settle()
        self._start()
        from flows.training import train

        trained: Trained = self._run(
            train,
            sources=[*training.sources],
            home=str(training.home.folder),
            recipe=training.recipe,
            seed=training.seed,
            promote=training.promote,
            again=training.again,
            trust_labels=training.trust_labels,
            accept_suspect=training.accept_suspect,
            truth=training.truth,
        )
        return trained

    def label(
        self, files: Sequence[str], request: Request, *, named: Sequence[str] = (), dask: str | None = None
    ) -> list[Batch]:
        """Run the labelling flow on these files and objects; where they are too many for Prefect, on what named them.

        With ``dask`` the workers of that cluster do it; ClusterError where they cannot, before anything starts.
        """
        request.model()  # one that is damaged is refused before anything starts
        sources, unnamed = _by_name(files)
        if sum(map(len, sources)) >= MOST_CHARACTERS:
            sources, unnamed = [*named], []
        if dask is not None:
            sources = [name if is_object(name) else str(Path(name).absolute()) for name in sources]
            cluster = _cluster()
            from flows.jobs.split import pieces

            work = sum(pieces(name, request) for name in files)
            workers = self._open.enter_context(cluster.cluster(dask, self._home, work))
        self._start()
        from flows.labelling import label

        flow = label
        if dask is not None:
            self._open.enter_context(cluster.connected_workers(workers))
            flow = label.with_options(task_runner=cluster.runner(workers))
        if not self._quiet:
            from flows.cli.summary import show_progress

            self._open.enter_context(show_progress())
        batches: list[Batch] = self._run(
            flow,
            sources=sources,
            home=str(request.home.folder),
            version=request.version,
            replace=request.replace,
            columns=[*request.columns] if request.columns else None,
            max_rejects=request.max_rejects,
            accept_suspect=request.accept_suspect,
            spread=dask is not None,
        )
        return unnamed + batches

    def label_inbox(self, **options: Any) -> Night:
        """Run the nightly labelling flow once."""
        self._start()
        from flows.nightly import label_inbox

        night: Night = self._run(label_inbox, home=str(self._home.folder), **options)
        return night

    def serve(
        self, schedule: Schedule, options: dict[str, dict[str, bool]], announce: Callable[[dict[str, Any]], object]
    ) -> None:
        """Serve the nightly flows, each with its options, until a signal ends it, or the server of its own does."""
        self._home.settle()
        self._start()
        from flows import deploying

        deployed = deploying.deployments(self._home, schedule, options)
        document = {
            "home": str(self._home.folder),
            "inbox": str(self._home.inbox),
            "schedules": {"label-inbox": schedule.label, "retrain": schedule.retrain},
            "timezone": schedule.timezone,
        }
        with watched(self._server, reach.address()):
            deploying.serve(self._home, deployed, lambda url: announce(document | {"server": url.removesuffix("/api")}))

    def _recorded(self) -> bool:
        """Whether there is a server where people look for every run."""
        return server.elsewhere(self._home.prefect)

    def _warm_up(self) -> None:
        """Start the server's process, which imports what it needs while the request is looked at."""
        if not self._warm:
            self._warm = True
            self._server = server.start(self._home.prefect, stays=self._stays)

    def _sniffed(self, name: str, columns: Sequence[str] | None) -> None:
        self._warm_up()
        from data.sniffing import sniff  # with what it imports, it takes a second

        sniff(Path(name), self._home.table, columns)

    def _start(self) -> None:
        """Have the server begin, and import what takes as long as it does to come up."""
        self._warm_up()
        if self._started:
            return
        self._started = True
        if self._server is not None:
            self._server.begin()
        import flows.jobs.label
        import flows.jobs.train  # noqa: F401  for their imports

        server.use(self._server)

    def _run(self, flow: Callable[..., Any], **parameters: Any) -> Any:
        import asyncio

        from httpx import HTTPError

        async def ended() -> Any:
            state = await flow(**parameters, return_state=True)
            return await state.aresult(raise_on_failure=False)

        try:
            with watched(self._server, reach.address()):
                result = asyncio.run(ended())
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
        return result
