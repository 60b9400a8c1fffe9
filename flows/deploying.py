"""Deploying: the nightly flows on their schedules, served by one process."""

from __future__ import annotations

import asyncio
import os
import signal
import time
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any, Final

from httpx import HTTPError
from prefect.client.orchestration import get_client
from prefect.client.schemas.objects import (
    ConcurrencyLimitConfig,
    ConcurrencyLimitStrategy,
    DeploymentStatus,
)
from prefect.client.schemas.schedules import CronSchedule
from prefect.deployments.runner import RunnerDeployment
from prefect.exceptions import ObjectNotFound
from prefect.runner import Runner
from prefect.schedules import Cron
from prefect.settings import PREFECT_API_URL
from prefect.types.entrypoint import EntrypointType

from data.locks import exclusive
from flows.jobs.refusals import ServerError
from flows.jobs.stopping import ENDING, SIGNALLED, stop
from flows.nightly import label_inbox, retrain
from flows.runs.crashed import mark_crashed_served
from flows.runs.schedule import Schedule, bad_cron
from flows.runs.server import ADDRESS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from flows.state.home import Home

AGAIN: Final = 1.0
ONE_AT_A_TIME: Final = ConcurrencyLimitConfig(
    limit=1, collision_strategy=ConcurrencyLimitStrategy.CANCEL_NEW, grace_period_seconds=600
)


def deployments(home: Home, schedule: Schedule, options: dict[str, dict[str, bool]]) -> list[RunnerDeployment]:
    """The two deployments, each with its options: what is new in the inbox, and the training, each one at a time."""
    shared = {"home": str(home.folder)}
    return [
        RunnerDeployment.from_flow(
            flow,
            name=flow.name,
            schedule=_cron(cron, schedule.timezone),
            parameters=shared | options.get(flow.name, {}),
            concurrency_limit=ONE_AT_A_TIME,
            entrypoint_type=EntrypointType.MODULE_PATH,
        )
        for flow, cron in ((label_inbox, schedule.label), (retrain, schedule.retrain))
    ]


def _cron(line: str, timezone: str) -> Any:
    try:
        CronSchedule(cron=line, timezone=timezone)
    except ValueError as error:
        raise bad_cron(line) from error
    return Cron(line, timezone=timezone)


def serve(home: Home, deployed: list[RunnerDeployment], announce: Callable[[str], object]) -> None:
    """Serve these deployments until a signal ends it; ServerError where the server cannot be used.

    Runs that a power cut or a kill left behind are marked crashed first: their slots would keep all others out.
    """
    with exclusive(home.prefect / "serve.lock"), _found_at(home, str(PREFECT_API_URL.value())):
        try:
            asyncio.run(_check_unserved(home, deployed))
            asyncio.run(mark_crashed_served(home, [each.name for each in deployed]))
        except (RuntimeError, HTTPError) as error:
            message = f"the Prefect server cannot be used; {error}; start it, or name no server"
            raise ServerError(message) from error
        announce(str(PREFECT_API_URL.value()))
        asyncio.run(_serve(home, deployed))


async def _check_unserved(home: Home, deployed: list[RunnerDeployment]) -> None:
    """ServerError where the program that serves another home would lose its deployments to this one.

    One that has ended in order has paused them; one that was killed has not looked for runs for a minute.
    """
    async with get_client() as client:
        for each in deployed:
            with suppress(ObjectNotFound):
                known = await client.read_deployment_by_name(f"{each.flow_name}/{each.name}")
                other = known.parameters.get("home", str(home.folder))
                if other != str(home.folder) and not known.paused and known.status == DeploymentStatus.READY:
                    message = f"{each.name}: served for another home; found {other}, looked at within the last minute"
                    raise ServerError(f"{message}; end that one, or give this home a server of its own")


async def _serve(home: Home, deployed: list[RunnerDeployment]) -> None:
    """What `prefect.serve` does, but that a signal ends it in order: Prefect's own handlers leave runs half stopped.

    The signal is raised once more when all is settled, for whoever asked for it before.
    """
    before = {number: signal.getsignal(number) for number in ENDING}
    caught: dict[int, float] = {}
    runner = Runner(pause_on_shutdown=True)
    for each in deployed:
        await runner.aadd_deployment(each)
    serving = asyncio.create_task(runner.start())
    await asyncio.sleep(0)  # by then it has set its handlers
    loop = asyncio.get_running_loop()

    def end(number: int) -> None:
        """Begin to end; at once when asked again a while later, for shells and `timeout` send a signal twice."""
        if caught and time.monotonic() - max(caught.values()) > AGAIN:
            os._exit(SIGNALLED + number)
        caught[number] = time.monotonic()
        stop(SIGNALLED + number)  # for what it waits for may be a server that has gone
        serving.cancel()

    for number in ENDING:
        loop.add_signal_handler(number, end, number)
    with suppress(asyncio.CancelledError):
        await serving
    await mark_crashed_served(home, [each.name for each in deployed])
    for known, handler in before.items():
        loop.remove_signal_handler(known)  # else the loop would hear of the one raised below, and take it for a second
        signal.signal(known, handler)
    for first in list(caught)[:1]:
        signal.raise_signal(first)


@contextmanager
def _found_at(home: Home, url: str) -> Iterator[None]:
    """Where one-off runs of this home find the server."""
    place = home.prefect / ADDRESS
    place.write_text(url, encoding="utf-8")
    try:
        yield
    finally:
        place.unlink(missing_ok=True)
