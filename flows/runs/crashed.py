"""Crashed runs: those that Prefect shows as running and whose process has ended without a word."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from prefect.client.orchestration import get_client
from prefect.client.schemas.filters import (
    DeploymentFilter,
    DeploymentFilterName,
    FlowFilter,
    FlowFilterName,
    FlowRunFilter,
    FlowRunFilterStartTime,
    FlowRunFilterState,
    FlowRunFilterStateType,
)
from prefect.client.schemas.objects import StateType
from prefect.exceptions import ObjectNotFound
from prefect.states import Crashed

from flows.state.running import is_running, vanished

if TYPE_CHECKING:
    from prefect.client.orchestration import PrefectClient

    from flows.state.home import Home

FLOWS: Final = ["label", "label-inbox", "retrain", "train"]
UNFINISHED: Final = FlowRunFilterState(
    type=FlowRunFilterStateType(any_=[StateType.PENDING, StateType.RUNNING, StateType.CANCELLING])
)
STARTING: Final = timedelta(seconds=30)  # a tenth of one lies between Prefect's start of a run and its first line


async def mark_crashed(home: Home) -> None:
    """Mark the runs of this home that were killed outright as crashed: Prefect alone would show them as running.

    One that was killed before it could show that it is running is known by that, half a minute later.
    """
    ours = FlowFilter(name=FlowFilterName(any_=FLOWS))
    started = FlowRunFilterStartTime.model_validate({"before_": datetime.now(UTC) - STARTING})
    async with get_client() as client:
        for run in vanished(home):
            with suppress(ObjectNotFound, ValueError):
                known = await client.read_flow_run(UUID(run))
                if known.state is None or not known.state.is_final():
                    await _mark(client, known.id, "killed outright; found by the run after it")
        unfinished = FlowRunFilter(state=UNFINISHED, start_time=started)
        for known in await client.read_flow_runs(flow_filter=ours, flow_run_filter=unfinished):
            here = known.parameters.get("home") == str(home.folder) and known.deployment_id is None
            if here and not is_running(home, str(known.id)):
                await _mark(client, known.id, "killed outright as it began; found by a run after it")


async def mark_crashed_served(home: Home, names: list[str]) -> None:
    """Do the same for all runs of these deployments, which nobody else serves, that do not show they are running."""
    await mark_crashed(home)
    ours = DeploymentFilter(name=DeploymentFilterName(any_=names))
    async with get_client() as client:
        for known in await client.read_flow_runs(
            flow_run_filter=FlowRunFilter(state=UNFINISHED), deployment_filter=ours
        ):
            if not is_running(home, str(known.id)):
                await _mark(client, known.id, "running when the program that served it ended")


async def _mark(client: PrefectClient, run: UUID, why: str) -> None:
    crashed: Any = Crashed(message=why)
    await client.set_flow_run_state(run, crashed)
