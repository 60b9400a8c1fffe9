"""The labelling flow: sources in, a batch of each out, a task a batch, or a range of one that workers share."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import TYPE_CHECKING, Any, TypeAlias

from prefect import flow, get_run_logger, task
from prefect.exceptions import TerminationSignal
from prefect.runtime import flow_run, task_run
from prefect.states import Failed

from data.errors import SourceError
from data.files import batch_name, check_name, check_whole
from data.sources import Source, find, opened
from flows.jobs.batch import MAX_REJECTS, Batch, clash
from flows.jobs.counts import counted
from flows.jobs.label import label as label_source
from flows.jobs.night import Night
from flows.jobs.progress import advance
from flows.jobs.refusals import REFUSALS, RefusedError, may_pass, reason, unexpected
from flows.jobs.request import Request
from flows.jobs.split import Split, pieces
from flows.jobs.stopping import check, stop
from flows.runs.artifacts import HOOKS, progress, show_batches
from flows.runs.crashed import mark_crashed
from flows.runs.retrying import TASK
from flows.runs.states import ended
from flows.state.home import Home
from flows.state.running import running

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from prefect.client.schemas.objects import State

    from flows.jobs.range_tasks import Counting, Labelling
    from flows.runs.cluster import Handed

    Ending: TypeAlias = Callable[[], Awaitable[State[Any]]]


def _task_name() -> str:
    return f"label {batch_name(str(task_run.parameters['named']))}"


@task(task_run_name="{work}", **TASK)
def do_range(work: Counting | Labelling) -> Any:
    """What comes of a range of a source that several processes label, or why nothing does."""
    try:
        return work()
    except REFUSALS as error:
        if may_pass(error):
            raise
        return Failed(message=reason(error), data=error)


def _handed(work: Counting | Labelling) -> Handed:
    from flows.runs.cluster import Handed

    return Handed(do_range.submit(work), work.shared.name)


@task(task_run_name=_task_name, **TASK)
def label_batch(named: str | Source, request: Request, *, split: bool = False) -> Any:
    """One batch from one source, whose ranges workers label where it is to be ``split``; or why there is none."""
    log = get_run_logger()
    source: str | Source = named
    try:
        with opened(named, request.home.staging, check) as source:
            portions = Split(source, request, _handed) if split else None
            done = label_source(source, request, request.model(), advance, portions)
    except Exception as error:  # noqa: BLE001  whatever one source does, the others have their turn
        return refused_state(source, request, error)
    log.info(
        "%s: %s in, %d labelled, %d rejected by version %d; %s",
        done.status, counted(done.rows, "row"), done.labelled, done.rejected, done.model_version, done.labels,
    )  # fmt: skip
    return done


def refused_state(source: str | Source, request: Request, error: Exception) -> Any:
    """The state of a task whose source is refused for this error; raises one that may pass by itself."""
    if isinstance(error, REFUSALS) and may_pass(error):
        raise error
    foreseen = isinstance(error, REFUSALS) and not isinstance(error, MemoryError)
    refused = request.refused(source, error if foreseen else unexpected(str(source), error))
    get_run_logger().error("refused: %s", refused.error, exc_info=None if foreseen else error)
    return Failed(message=refused.error, data=refused)


async def in_thread(work: Callable[[], Any]) -> Any:
    """What the work gives, done in a thread; a signal that ends the run stops it there too."""
    try:
        return await asyncio.to_thread(work)
    except (asyncio.CancelledError, KeyboardInterrupt, SystemExit, TerminationSignal):
        stop()
        raise


def _here(source: str | Source, request: Request, *, split: bool = False) -> Ending:
    return partial(in_thread, partial(label_batch, source, request, split=split, return_state=True))


def _on_workers(source: str | Source, request: Request) -> Ending:
    from flows.runs.cluster import state_of

    # Fetched as soon as it is there: what is left with a worker is gone with it.
    ending = asyncio.ensure_future(state_of(label_batch.submit(source, request), str(source)))
    return lambda: ending


async def label_each(sources: Sequence[str | Source], request: Request, *, spread: bool = False) -> list[Batch]:
    """The sources one after the other, in a thread, so that Prefect hears from this run meanwhile.

    With ``spread`` they are handed to the workers of the flow's task runner, all at once, but for large ones: their
    ranges are, and joined here. Whatever one source does, the others have their turn: what might have passed by itself
    and has not is a refusal too, which is not remembered.
    """
    split = {source for source in sources if spread and pieces(str(source), request) > 1}
    batches: list[Batch] = []
    ends: list[BaseException] = []
    first: dict[str, str] = {}
    work: list[Batch | Ending] = []
    for source in sources:
        try:
            check_name(str(source))  # which Prefect or the results could not bear
            earlier = first.setdefault(batch_name(str(source)), str(source))
            if earlier != str(source):
                raise clash(str(source), earlier)
        except SourceError as error:
            work.append(request.refused(source, error))
        else:
            handed = spread and source not in split
            work.append(_on_workers(source, request) if handed else _here(source, request, split=source in split))
    async with progress([*map(str, sources)], batches):
        for source, each in zip(sources, work, strict=True):
            done = each if isinstance(each, Batch) else await (await each()).aresult(raise_on_failure=False)
            if isinstance(done, Exception) and may_pass(done):
                done = request.refused(source, done)
            if not isinstance(done, Batch):
                ends.append(done)
                continue
            batches.append(done)
            if spread and source not in split:  # the rows of workers are counted there alone
                advance(done.rows)
    if ends:
        raise ends[0]
    return batches


def _run_name() -> str:
    sources, version = (flow_run.parameters[name] for name in ("sources", "version"))
    what = batch_name(sources[0]) if len(sources) == 1 else counted(len(sources), "source")
    return f"label {what} with version {version}"


@flow(name="label", flow_run_name=_run_name, persist_result=False, **HOOKS)
async def label(
    sources: list[str],
    home: str,
    version: int,
    replace: bool = False,  # noqa: FBT001, FBT002  Prefect's parameters are positional
    columns: list[str] | None = None,
    max_rejects: float = MAX_REJECTS,
    accept_suspect: bool = False,  # noqa: FBT001, FBT002
    spread: bool = False,  # noqa: FBT001, FBT002
) -> Any:
    """Label each source as a batch named after its stem; Failed where all were refused, SomeRefused where some were.

    Args:
        sources: Files, folders, globs or addresses of object storage.
        home: The folder or address that holds data/ and models/.
        version: The version to label with.
        replace: Label again what is labelled already, if the source or the model has changed.
        columns: What each column is, in the order of the file: a feature's name, truth, id or -.
        max_rejects: The share of rejected rows above which a source is refused whole.
        accept_suspect: Label sources whose columns do not go together; recorded as such.
        spread: Have the workers of the flow's task runner do it, which hold the version against its sha256.

    """
    place = Home.at(home)
    stated = tuple(columns) if columns else None
    with running(place, str(flow_run.id)):
        await mark_crashed(place)
        try:
            asked = {"columns": stated, "max_rejects": max_rejects, "accept_suspect": accept_suspect}
            place.prepare()
            request = Request.pinned(place, version, replace=replace, **asked)
            files = list(dict.fromkeys(path for name in sources for path in _files(name)))
            check_whole(files)
        except REFUSALS as error:
            return Failed(message=reason(error), data=RefusedError(reason(error)))
        batches = await label_each(files, request, spread=spread)
        night = Night(batches)
        await show_batches(place.table.name, f"Labelling {counted(len(files), 'file')}", night, version)
    return ended(night, batches)


def _files(name: str) -> list[str]:
    """The files or objects a name stands for; where it stands for none, the name, whose batch is refused."""
    try:
        return find([name])
    except SourceError:
        return [name]
