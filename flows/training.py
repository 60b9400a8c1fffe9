"""The training flow: a thin name around `steps.train`."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Any

from prefect import flow, get_run_logger, task
from prefect.cache_policies import NO_CACHE
from prefect.states import Failed

from flows import steps
from flows.home import Home
from flows.refusals import REFUSALS, may_pass, reason, worth_a_retry


@task(
    task_run_name="train {table} by {recipe}",
    cache_policy=NO_CACHE,
    persist_result=False,
    retries=2,
    retry_delay_seconds=[2, 10],
    retry_condition_fn=worth_a_retry,
)
def train_version(
    source: str,
    home: str,
    table: str,
    recipe: str,
    seed: int,
    promote: bool,  # noqa: FBT001  Prefect's parameters are positional
) -> dict[str, Any]:
    """One version from one table, or why there is none; paths and numbers in, figures out."""
    log = get_run_logger()
    try:
        trained = steps.train(Path(source), Home.at(home), table=table, recipe=recipe, seed=seed, promote=promote)
    except REFUSALS as error:
        if may_pass(error):
            raise
        log.error("refused: %s", reason(error))  # noqa: TRY400  the reason is for a person, a traceback is not
        return {"error": reason(error)}
    log.info(
        "version %d from %d rows: accuracy %.4f cross-validated, %.4f on the training rows; promoted: %s",
        trained.version, trained.rows, trained.cv_accuracy, trained.training_accuracy, trained.promoted,
    )  # fmt: skip
    return asdict(trained)


@flow(name="train", flow_run_name="train {table} from {source}", persist_result=False)
async def train(
    source: str,
    home: str,
    table: str = "wine",
    recipe: str = "default",
    seed: int = 0,
    promote: bool = False,  # noqa: FBT001, FBT002  Prefect's parameters are positional
) -> Any:
    """Train, cross-validate and keep a new version; a table that cannot be trained on ends Failed, with the reason."""
    trained = train_version(source, home, table, recipe, seed, promote)
    return Failed(message=trained["error"], data=trained) if "error" in trained else trained
