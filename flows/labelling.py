"""The labelling flow: a thin name around `steps.label`, a task a batch."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Any

from prefect import flow, get_run_logger, task
from prefect.cache_policies import NO_CACHE
from prefect.runtime import flow_run
from prefect.states import Failed

from data.sources import batch_name
from flows import steps
from flows.batch import MAX_REJECTS, Batch
from flows.home import Home
from flows.progress import advance
from flows.refusals import REFUSALS, may_pass, reason, worth_a_retry
from models.store import ModelStore


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
) -> dict[str, Any]:
    """One batch from one source, or why there is none; paths and numbers in, figures out."""
    log = get_run_logger()
    place = Home.at(home)
    try:
        loaded = ModelStore(place.models(table)).load(version)
        done = steps.label(
            Path(source),
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
        return asdict(Batch(batch, source, "refused", error=reason(error)))
    log.info(
        "%s: %d rows in, %d labelled, %d rejected by version %d; %s",
        done.status, done.rows, done.labelled, done.rejected, version, done.labels,
    )  # fmt: skip
    return asdict(done)


def _run_name() -> str:
    sources, version = (flow_run.parameters[name] for name in ("sources", "version"))
    what = batch_name(Path(sources[0])) if len(sources) == 1 else f"{len(sources)} sources"
    return f"label {what} with version {version}"


@flow(name="label", flow_run_name=_run_name, persist_result=False)
async def label(
    sources: list[str],
    home: str,
    version: int,
    table: str = "wine",
    replace: bool = False,  # noqa: FBT001, FBT002
    columns: list[str] | None = None,
    max_rejects: float = MAX_REJECTS,
) -> Any:
    """Label each source as a batch named after its stem; Failed where every one of them was refused."""
    batches: list[dict[str, Any]] = []
    first: dict[str, str] = {}
    for source in sources:
        batch = batch_name(Path(source))
        if batch in first:
            error = f"{source}: a second source for batch {batch!r}; found {first[batch]} first; rename one"
            batches.append(asdict(Batch(batch, source, "refused", error=error)))
        else:
            first[batch] = source
            batches.append(label_batch(source, batch, home, version, table, replace, columns, max_rejects))
    refused = [each["error"] for each in batches if each["status"] == "refused"]
    result = {"batches": batches}
    return Failed(message="; ".join(refused), data=result) if len(refused) == len(batches) else result
