"""Judging: the tasks of a night that take truth in and hold labels against it."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from prefect import get_run_logger, task
from prefect.runtime import task_run

from data.errors import SourceError
from data.files import batch_name
from data.sources import Source, opened
from flows.jobs.batch import Batch
from flows.jobs.deliver import deliver
from flows.jobs.judge import judge
from flows.jobs.refusals import reason
from flows.jobs.stopping import check
from flows.labelling import in_thread, refused_state
from flows.runs.retrying import TASK
from flows.state.judgement import judged_document, judgement_of, unjudged
from flows.state.tellings import Tellings

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from flows.jobs.delivered import Delivered
    from flows.jobs.request import Request


def _task_name() -> str:
    return f"take in truth from {batch_name(str(task_run.parameters['source']))}"


@task(task_run_name=_task_name, **TASK)
def take_in(source: Source, request: Request) -> Any:
    """What a truth file tells, or why it is refused."""
    log = get_run_logger()
    try:
        with opened(source, request.home.staging, check) as fresh:
            done = deliver(fresh, request.home)
    except Exception as error:  # noqa: BLE001  whatever one source does, the others have their turn
        return refused_state(source, request, error)
    log.info("%s: truth of %d rows; %s", done.status, done.told, done.truth)
    return done


async def take_in_each(sources: Sequence[Source], request: Request) -> tuple[list[Delivered], list[Batch]]:
    """What each truth file tells, one after the other, and those that are refused."""
    told: list[Delivered] = []
    refused: list[Batch] = []
    for source in sources:
        state = await in_thread(partial(take_in, source, request, return_state=True))
        done = await state.aresult(raise_on_failure=False)
        if isinstance(done, Exception):
            done = request.refused(source, done)
        if isinstance(done, Batch):
            refused.append(done)
        else:
            told.append(done)
    return told, refused


async def judge_what_is_due(batches: Iterable[str], request: Request) -> tuple[list[dict[str, Any]], list[str]]:
    """What the labels came to of these batches and of those told of since, and what of the truth is damaged."""
    try:
        due = sorted({*batches, *unjudged(request.home, Tellings.of(request.home))})
        return (await in_thread(partial(judge_each, due, request)) if due else []), []
    except SourceError as error:
        return [], [reason(error)]


@task(task_run_name="hold labels against truth", **TASK)
def judge_each(batches: Iterable[str], request: Request) -> list[dict[str, Any]]:
    """What the labels of these batches came to."""
    log, home = get_run_logger(), request.home
    tellings = Tellings.of(home)
    judged = []
    for batch in batches:
        if judge(home, batch, tellings) != "judged":
            continue
        if report := judgement_of(home, batch):
            judged.append(judged_document(batch, report))
            log.info("%s: the truth of %d rows is known; %s", batch, judged[-1]["judged"], home.judged(batch))
    return judged


def promises_broken(judged: Iterable[dict[str, Any]]) -> list[str]:
    """A sentence for each promise that labels have broken."""
    return [f"{each['batch']}: {text}" for each in judged for text in each["broken_promises"]]
