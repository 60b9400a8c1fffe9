"""The training flow: a thin name around `steps.train`."""

from __future__ import annotations

import asyncio
from dataclasses import asdict
from typing import Any

from prefect import flow, get_run_logger, task
from prefect.cache_policies import NO_CACHE
from prefect.runtime import flow_run
from prefect.states import Completed, Failed

from data.sources import find_sources, shipped_table
from flows import steps
from flows.alive import alive
from flows.artifacts import HOOKS, show_training
from flows.home import Home
from flows.refusals import REFUSALS, may_pass, reason, worth_a_retry
from flows.stale import bury


@task(
    task_run_name="train {table} by {recipe}",
    cache_policy=NO_CACHE,
    persist_result=False,
    retries=2,
    retry_delay_seconds=[2, 10],
    retry_condition_fn=worth_a_retry,
)
def train_version(
    sources: list[str],
    home: str,
    table: str,
    recipe: str,
    seed: int,
    *,
    promote: bool = False,
    only_if_new: bool = False,
) -> dict[str, Any]:
    """One version from labelled tables, the shipped one unless given, or why there is none; figures out."""
    log = get_run_logger()
    try:
        paths = find_sources(sources or [str(shipped_table())])
        options = {"table": table, "recipe": recipe, "seed": seed, "promote": promote, "only_if_new": only_if_new}
        trained = steps.train(paths, Home.at(home), **options)  # type: ignore[arg-type]
    except REFUSALS as error:
        if may_pass(error):
            raise
        log.error("refused: %s", reason(error))  # noqa: TRY400  the reason is for a person, a traceback is not
        return {"error": reason(error)}
    log.info(
        "version %d from %d rows: accuracy %.4f cross-validated, %.4f on the training rows; promoted: %s; %s",
        trained.version, trained.rows, trained.cv_accuracy, trained.training_accuracy, trained.promoted, trained.reason,
    )  # fmt: skip
    return asdict(trained)


@flow(
    name="train",
    flow_run_name="train {table} from {source}",
    persist_result=False,
    **HOOKS,
)
async def train(
    source: str,
    home: str,
    table: str = "wine",
    recipe: str = "default",
    seed: int = 0,
    promote: bool = False,  # noqa: FBT001, FBT002  Prefect's parameters are positional
) -> Any:
    """Train, cross-validate and keep a new version; a table that cannot be trained on ends Failed, with the reason."""
    place = Home.at(home)
    with alive(place, str(flow_run.id)):
        await bury(place)
        trained = await asyncio.to_thread(train_version, [source], home, table, recipe, seed, promote=promote)
        await show_training(table, trained)
    if "error" in trained:
        return Failed(message=trained["error"], data=trained)
    return Completed(message=trained["reason"], data=trained)
