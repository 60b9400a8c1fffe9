"""Deploying: the nightly flows on their schedules, served by one process."""

from __future__ import annotations

import asyncio
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final
from zoneinfo import available_timezones

from prefect import serve as serve_deployments
from prefect.client.orchestration import get_client
from prefect.client.schemas.filters import (
    DeploymentFilter,
    DeploymentFilterName,
    FlowRunFilter,
    FlowRunFilterState,
    FlowRunFilterStateType,
)
from prefect.client.schemas.objects import (
    ConcurrencyLimitConfig,
    ConcurrencyLimitStrategy,
    StateType,
)
from prefect.client.schemas.schedules import CronSchedule
from prefect.deployments.runner import RunnerDeployment
from prefect.schedules import Cron
from prefect.settings import PREFECT_API_URL
from prefect.states import Crashed
from prefect.types.entrypoint import EntrypointType

from data.locks import exclusive
from flows.artifacts import bury
from flows.nightly import label_inbox, retrain
from flows.server import ADDRESS, ServerError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from flows.home import Home

UNDER_WAY: Final = [StateType.PENDING, StateType.RUNNING, StateType.CANCELLING]
ONE_AT_A_TIME: Final = ConcurrencyLimitConfig(
    limit=1, collision_strategy=ConcurrencyLimitStrategy.CANCEL_NEW, grace_period_seconds=600
)


class ScheduleError(ValueError):
    """A cron line or a time zone that there is not."""


def deployments(
    home: Home, table: str, label_cron: str, retrain_cron: str, timezone: str, options: dict[str, bool]
) -> list[RunnerDeployment]:
    """The two deployments: what is new in the inbox, with these options, and the training, each one at a time."""
    shared = {"home": str(home.folder), "table": table}
    return [
        RunnerDeployment.from_flow(
            flow,
            name=flow.name,
            schedule=_schedule(cron, timezone),
            parameters=shared | more,
            concurrency_limit=ONE_AT_A_TIME,
            entrypoint_type=EntrypointType.MODULE_PATH,
        )
        for flow, cron, more in ((label_inbox, label_cron, options), (retrain, retrain_cron, {}))
    ]


def _schedule(cron: str, timezone: str) -> Any:
    if timezone not in available_timezones():
        message = f"{timezone}: no such time zone; found none of that name; write one like Europe/Rome or UTC"
        raise ScheduleError(message)
    try:
        CronSchedule(cron=cron, timezone=timezone)
    except ValueError as error:
        message = (
            f"{cron!r}: no cron line; found not five fields of minute, hour, day, month, weekday; write '30 4 * * *'"
        )
        raise ScheduleError(message) from error
    return Cron(cron, timezone=timezone)


def serve(home: Home, due: list[RunnerDeployment], told: Callable[[str], object]) -> None:
    """Run what is due until a signal ends it; ServerError where the server cannot be used.

    Runs that a power cut or a kill left behind are said to have crashed first: their slots would keep all others out.
    """
    with exclusive(home.prefect / "serve.lock"), _found_at(home, str(PREFECT_API_URL.value())):
        try:
            asyncio.run(_settle(home, [each.name for each in due]))
        except RuntimeError as error:
            message = f"the Prefect server cannot be used; {error}; start it, or name no server"
            raise ServerError(message) from error
        told(str(PREFECT_API_URL.value()))
        serve_deployments(*due, print_starting_message=False)


async def _settle(home: Home, names: list[str]) -> None:
    await bury(home)
    under_way = FlowRunFilter(state=FlowRunFilterState(type=FlowRunFilterStateType(any_=UNDER_WAY)))
    ours = DeploymentFilter(name=DeploymentFilterName(any_=names))
    async with get_client() as client:
        for run in await client.read_flow_runs(flow_run_filter=under_way, deployment_filter=ours):
            if not (home.runs / f"{run.id}.run").exists():
                crashed: Any = Crashed(message="under way when the program that served it ended")
                await client.set_flow_run_state(run.id, crashed)


@contextmanager
def _found_at(home: Home, url: str) -> Iterator[None]:
    """Where one-off runs of this home find the server."""
    place = home.prefect / ADDRESS
    place.write_text(url, encoding="utf-8")
    try:
        yield
    finally:
        place.unlink(missing_ok=True)
