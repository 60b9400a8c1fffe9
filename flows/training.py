"""The training flow: labelled tables in, a version out."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

from prefect import flow, get_run_logger, task
from prefect.runtime import flow_run
from prefect.states import Completed, Failed

from flows.jobs.counts import counted
from flows.jobs.refusals import REFUSALS, RefusedError, may_pass, reason
from flows.jobs.request import Training
from flows.jobs.train import train as train_once
from flows.runs.artifacts import HOOKS, show_training
from flows.runs.crashed import mark_crashed
from flows.runs.retrying import TASK
from flows.state.home import Home
from flows.state.running import running


@task(task_run_name="train by {training.recipe}", **TASK)
def train_version(training: Training) -> Any:
    """One version, or why there is none."""
    log = get_run_logger()
    try:
        trained = train_once(training)
    except REFUSALS as error:
        if may_pass(error):
            raise
        log.error("refused: %s", reason(error))  # noqa: TRY400  the reason is for a person, a traceback is not
        return Failed(message=reason(error), data=RefusedError(reason(error)))
    log.info(
        "version %d from %d rows: accuracy %.4f cross-validated, %.4f on the training rows; promoted: %s; %s",
        trained.version, trained.rows, trained.cv_accuracy, trained.training_accuracy, trained.promoted, trained.reason,
    )  # fmt: skip
    return trained


async def train_and_show(training: Training) -> Any:
    """The state a training flow ends in, once its version is trained, or refused, and shown."""
    state = await asyncio.to_thread(lambda: train_version(training, return_state=True))
    trained = await state.aresult(raise_on_failure=False)
    if isinstance(trained, BaseException) and not isinstance(trained, RefusedError):
        raise trained
    await show_training(training.home, trained)
    if isinstance(trained, RefusedError):
        return Failed(message=str(trained), data=trained)
    return Completed(message=trained.reason, data=trained)


def _run_name() -> str:
    sources = flow_run.parameters["sources"]
    one = Path(sources[0]).name if len(sources) == 1 else counted(len(sources), "table")
    return f"train from {one if sources else 'the shipped table'}"


@flow(name="train", flow_run_name=_run_name, persist_result=False, **HOOKS)
async def train(
    sources: list[str],
    home: str,
    recipe: str = "default",
    seed: int = 0,
    promote: bool = False,  # noqa: FBT001, FBT002  Prefect's parameters are positional
    again: bool = False,  # noqa: FBT001, FBT002
    trust_labels: bool = False,  # noqa: FBT001, FBT002
    accept_suspect: bool = False,  # noqa: FBT001, FBT002
    truth: bool = False,  # noqa: FBT001, FBT002
) -> Any:
    """Train, cross-validate and keep a new version; a table that cannot be trained on ends Failed, with the reason.

    Args:
        sources: Files, folders, globs or addresses of tables with ground-truth labels; none: the shipped table.
        home: The folder or address that holds data/ and models/.
        recipe: How to train.
        seed: The random seed.
        promote: Make it champion whatever the gate says.
        again: Train even where a version was made from the same bytes in the same way.
        trust_labels: Train on labels that contradict the champion; recorded as such.
        accept_suspect: Train on tables whose columns do not go together; recorded as such.
        truth: Learn from all truth that was told as well.

    """
    place, trust = Home.at(home), {"trust_labels": trust_labels, "accept_suspect": accept_suspect, "truth": truth}
    with running(place, str(flow_run.id)):
        await mark_crashed(place)
        training = Training(place, tuple(sources), recipe, seed, promote, again, **trust)
        return await train_and_show(training)
