"""The labelling flow: a thin name around `steps.label`, a task a batch."""

from __future__ import annotations

import asyncio
from contextlib import nullcontext
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

from prefect import flow, get_run_logger, task
from prefect.cache_policies import NO_CACHE
from prefect.exceptions import TerminationSignal
from prefect.runtime import flow_run
from prefect.states import Completed, Failed

from data.layouts import SourceError
from data.sources import MovingError, batch_name, check_name, find_files_and_objects, is_object
from flows import steps
from flows.alive import alive
from flows.artifacts import HOOKS, progress, show_batches
from flows.batch import MAX_REJECTS, Batch, clash
from flows.bulletin import counted
from flows.home import Home
from flows.progress import advance, stop
from flows.refusals import REFUSALS, may_pass, reason, worth_a_retry
from flows.refused import Refused
from flows.stale import bury
from models.codec import ModelError
from models.store import ModelStore

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence
    from contextlib import AbstractContextManager

    from prefect.client.schemas.objects import State

    from models.store import Version

    Ending: TypeAlias = Callable[[], Awaitable[State[Any]]]


@task(
    task_run_name="label {batch}",
    cache_policy=NO_CACHE,
    persist_result=False,
    retries=2,
    retry_delay_seconds=[2, 10],
    retry_condition_fn=worth_a_retry,
)
def label_batch(
    source: str,
    batch: str,
    home: str,
    version: int,
    table: str,
    replace: bool,  # noqa: FBT001  Prefect's parameters are positional
    columns: list[str] | None,
    max_rejects: float,
    terms: dict[str, Any] | None = None,
    sha256: str | None = None,
) -> Any:
    """One batch from one source, or why there is none; paths and numbers in, figures out.

    With ``terms``, those of an inbox, the refusal of a bad file is remembered. With ``sha256`` the version must be the
    one that the run began with, also where another machine reads it.
    """
    log = get_run_logger()
    place = Home.at(home)
    try:
        loaded = ModelStore(place.models(table)).load(version)
        if sha256 not in {None, loaded.sha256}:
            raise _another(loaded, str(sha256), place)
        with _local(source, place) as path:
            done = steps.label(
                path,
                batch,
                place,
                loaded,
                table=table,
                replace=replace,
                columns=columns,
                max_rejects=max_rejects,
                progress=advance,
            )
    except REFUSALS as error:
        if may_pass(error):
            raise
        log.error("refused: %s", reason(error))  # noqa: TRY400  the reason is for a person, a traceback is not
        if terms is not None and isinstance(error, SourceError) and not isinstance(error, MovingError):
            Refused(place, terms).keep(Path(source), reason(error))
        return Failed(message=reason(error), data=asdict(Batch(batch, source, "refused", error=reason(error))))
    log.info(
        "%s: %d rows in, %d labelled, %d rejected by version %d; %s",
        done.status, done.rows, done.labelled, done.rejected, version, done.labels,
    )  # fmt: skip
    return asdict(done) | {"source": source}


def _local(source: str, place: Home) -> AbstractContextManager[Path]:
    """The source as a file of this machine, for as long as it is needed."""
    if not is_object(source):
        return nullcontext(Path(source))
    from data.objects import fetched

    return fetched(source, place.staging)


def _another(loaded: Version, due: str, place: Home) -> ModelError:
    found = f"sha256 {due[:12]} due, found {loaded.sha256[:12]} in {place.folder}"
    return ModelError(f"version {loaded.number}: not the one of this run; {found}; have all workers share one home")


async def in_thread(work: Callable[[], Any]) -> Any:
    """What the work gives, done in a thread; a signal that ends the run stops it there too."""
    try:
        return await asyncio.to_thread(work)
    except (asyncio.CancelledError, KeyboardInterrupt, SystemExit, TerminationSignal):
        stop()
        raise


def _here(source: str, batch: str, *arguments: Any) -> Ending:
    return partial(in_thread, partial(label_batch, source, batch, *arguments, return_state=True))


def _on_workers(source: str, batch: str, *arguments: Any) -> Ending:
    from flows.cluster import state_of

    # Fetched as soon as it is there: what is left with a worker is gone with it.
    ending = asyncio.ensure_future(state_of(label_batch.submit(source, batch, *arguments), batch, source))
    return lambda: ending


def _misnamed(source: str, home: str, *arguments: Any) -> dict[str, Any] | None:
    """The refusal of a file whose name Prefect or the results could not bear, in a form that both can."""
    try:
        check_name(Path(source))
    except SourceError as error:
        terms = arguments[5] if len(arguments) > 5 else None  # noqa: PLR2004
        if terms is not None:
            Refused(Home.at(home), terms).keep(Path(source), reason(error))
        batch, plain, text = (_escaped(each) for each in (batch_name(Path(source)), source, reason(error)))
        return asdict(Batch(batch, plain, "refused", error=text))
    return None


def _escaped(text: str) -> str:
    return text.encode(errors="backslashreplace").decode()


async def label_each(sources: Sequence[str], *arguments: Any, spread: bool = False) -> list[dict[str, Any]]:
    """The sources one after the other, in a thread, so that Prefect hears from this run meanwhile.

    With ``spread`` they are handed to the workers of the flow's task runner, all at once. An error that is a bug ends
    the run only after the other sources have had their turn.
    """
    batches: list[dict[str, Any]] = []
    bugs: list[BaseException] = []
    first: dict[str, str] = {}
    due: list[dict[str, Any] | Ending] = []
    for source in sources:
        batch = batch_name(Path(source))
        if refused := _misnamed(source, *arguments):
            due.append(refused)
        elif first.setdefault(batch, source) != source:
            due.append(asdict(clash(batch, source, first[batch])))
        else:
            due.append((_on_workers if spread else _here)(source, batch, *arguments))
    async with progress(sources, batches):
        for each in due:
            done = each if isinstance(each, dict) else await (await each()).aresult(raise_on_failure=False)
            if isinstance(done, BaseException):
                bugs.append(done)
                continue
            batches.append(done)
            if spread:  # what workers tell of their rows is heard there alone
                advance(done["rows"])
    if bugs:
        raise bugs[0]
    return batches


def _run_name() -> str:
    sources, version = (flow_run.parameters[name] for name in ("sources", "version"))
    what = batch_name(Path(sources[0])) if len(sources) == 1 else f"{len(sources)} sources"
    return f"label {what} with version {version}"


@flow(
    name="label",
    flow_run_name=_run_name,
    persist_result=False,
    **HOOKS,
)
async def label(
    sources: list[str],
    home: str,
    version: int,
    table: str = "wine",
    replace: bool = False,  # noqa: FBT001, FBT002
    columns: list[str] | None = None,
    max_rejects: float = MAX_REJECTS,
    sha256: str | None = None,
) -> Any:
    """Label each source as a batch named after its stem; Failed where every one of them was refused.

    With the ``sha256`` of the version, the workers of a cluster do it, which hold theirs against it.
    """
    place = Home.at(home)
    with alive(place, str(flow_run.id)):
        await bury(place)
        files = list(dict.fromkeys(path for name in sources for path in _files(name)))
        arguments = (home, version, table, replace, columns, max_rejects, None, sha256)
        batches = await label_each(files, *arguments, spread=sha256 is not None)
        await show_batches(table, f"Labelling {len(files)} files", batches, version, [])
    refused = [each["error"] for each in batches if each["status"] == "refused"]
    result = {"batches": batches}
    if batches and len(refused) == len(batches):
        return Failed(message="; ".join(refused), data=result)
    return Completed(message=counted(batches), data=result)


def _files(name: str) -> list[str]:
    """The files or objects a name stands for; where it stands for none, the name, whose batch is refused."""
    try:
        return find_files_and_objects([name])
    except SourceError:
        return [name]
