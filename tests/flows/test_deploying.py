"""The flows on their schedules: served by one process, or deployed to a worker as prefect.yaml says."""

import asyncio
import os
import re
import shutil
import signal
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
import yaml
from prefect.client.orchestration import SyncPrefectClient
from prefect.client.schemas.actions import WorkPoolCreate
from prefect.client.schemas.filters import DeploymentFilter, DeploymentFilterId
from prefect.runner import Runner

from flows import deploying, training
from flows.jobs.refusals import ServerError
from flows.runs.schedule import Schedule
from flows.state.home import Home
from work import WINE

ROOT = Path(__file__).parents[2]


EVERY_SECOND = "* * * * * *"  # Prefect reads a sixth field, of seconds


@pytest.fixture
def inbox(home):
    shutil.copytree(WINE.parent, home / "data" / "inbox", ignore=shutil.ignore_patterns("*.md"))
    return home / "data" / "inbox"


def ended(client, flow):
    return [run for run in client.read_flow_runs() if run.name == flow and run.state and run.state.is_final()]


def test_serve_starts_a_server_fires_on_schedule_labels_once_and_ends_on_a_signal(
    home, inbox, tmp_path, program, eventually, prefect_database
):
    (home / ".prefect").mkdir()
    shutil.copy(prefect_database, home / ".prefect" / "prefect.db")
    variables = {"PREFECT_HOME": None, "PREFECT_API_URL": None, "PREFECT_RUNNER_POLL_FREQUENCY": "1"}
    process = program("serve", "--cron", EVERY_SECOND, "--home", home, cwd=tmp_path, **variables)
    (address,) = re.findall(r"http://\S+", "".join(process.stdout.readline() for _ in range(5)))
    labels = home / "data" / "labels" / "wine.parquet"
    with SyncPrefectClient(f"{address}/api") as client:
        done = eventually(lambda: len(found := ended(client, "label what is new in data/inbox")) > 1 and found)
        assert {run.state.message for run in done} >= {"1 labelled", "1 unchanged"}
        assert {artifact.key for artifact in client.read_artifacts()} >= {"wine-summary", "wine-batches"}
    written = labels.stat().st_mtime_ns
    process.send_signal(signal.SIGTERM)
    _, errors = process.communicate(timeout=600)
    assert (process.returncode, errors) == (143, "")
    assert labels.stat().st_mtime_ns == written
    assert not (home / ".prefect" / "address").exists()


def test_the_signal_that_ends_it_is_raised_once_more_and_not_taken_for_a_second(home, prefect_server, monkeypatch):
    raised, exits, stopped = [], [], []
    monkeypatch.setattr(deploying, "stop", stopped.append)
    monkeypatch.setattr(deploying, "AGAIN", -1.0)  # however long the ending takes
    monkeypatch.setattr(deploying.os, "_exit", exits.append)
    before = signal.signal(signal.SIGTERM, lambda number, _: raised.append(number))

    async def end_it():
        serving = asyncio.create_task(deploying._serve(Home.at(home), []))
        ours = signal.getsignal(signal.SIGTERM)
        while signal.getsignal(signal.SIGTERM) is ours:  # noqa: ASYNC110  nobody else says so
            await asyncio.sleep(0.05)
        signal.raise_signal(signal.SIGTERM)
        await serving
        await asyncio.sleep(0.05)  # in which the loop would hear of it

    asyncio.run(end_it())
    signal.signal(signal.SIGTERM, before)
    assert (raised, exits, stopped) == ([signal.SIGTERM], [], [143])


@pytest.fixture
def deployed(home, prefect_client):
    """The deployments of a home, looked at by a program that serves them just now."""
    made = deploying.deployments(Home.at(home), Schedule(), {})
    numbers = [asyncio.run(Runner().aadd_deployment(each)) for each in made]
    answer = prefect_client._client.post(
        "/deployments/get_scheduled_flow_runs", json={"deployment_ids": [*map(str, numbers)]}
    )
    answer.raise_for_status()
    yield made, numbers
    for number in numbers:
        prefect_client.delete_deployment(number)


def test_each_deployment_has_its_own_options(home):
    options = {"label-inbox": {"again": True}, "retrain": {"truth": True}}
    first, second = deploying.deployments(Home.at(home), Schedule(), options)
    assert (first.parameters["again"], second.parameters["truth"]) == (True, True)
    assert "truth" not in first.parameters


def test_deployments_that_another_home_is_served_by_are_left_to_it_until_that_ends(
    deployed, home, tmp_path, prefect_client
):
    made, numbers = deployed
    other = Home.at(tmp_path / "other")
    asyncio.run(deploying._check_unserved(Home.at(home), made))
    with pytest.raises(ServerError, match=r"label-inbox: served for another home; found .*home, looked at"):
        asyncio.run(deploying._check_unserved(other, made))
    for number in numbers:
        prefect_client.pause_deployment(number)
    asyncio.run(deploying._check_unserved(other, made))


@pytest.fixture
def pool(prefect_client):
    """A pool for workers that start processes."""
    made = prefect_client.create_work_pool(WorkPoolCreate(name="wine-labels", type="process"))
    yield made.name
    prefect_client.delete_work_pool(made.name)


@pytest.fixture
def project(tmp_path):
    """The project as a worker's machine has it, and Prefect's own command line there."""
    folder = tmp_path / "project"
    folder.mkdir()
    for name in ("flows", "nn", "schemas", "data", "models", "prefect.yaml"):
        (folder / name).symlink_to(ROOT / name)
    return folder


def test_a_worker_runs_what_prefect_yaml_deploys(home, inbox, pool, project, prefect_client, eventually, tmp_path):
    def prefect(*words, cwd):
        command = [sys.executable, "-m", "prefect", "--no-prompt", *words]
        variables = os.environ | {"WINE_LABELS_HOME": str(home)}
        subprocess.run(command, cwd=cwd, env=variables, capture_output=True, check=True, timeout=600)

    prefect("deploy", "--all", cwd=project)
    described = yaml.safe_load((ROOT / "prefect.yaml").read_text())["deployments"]
    deployed = {name: prefect_client.read_deployment_by_name(f"{name}/{name}") for name in ("label-inbox", "retrain")}
    assert [each["name"] for each in described] == list(deployed)
    for each in deployed.values():
        (schedule,) = each.schedules
        assert schedule.schedule.timezone == "UTC"
        assert each.global_concurrency_limit.limit == 1
        assert each.concurrency_options.collision_strategy == "CANCEL_NEW"
    asked = [prefect_client.create_flow_run_from_deployment(deployed["label-inbox"].id) for _ in range(2)]
    prefect("worker", "start", "--pool", pool, "--run-once", cwd=tmp_path)

    def states():
        found = [prefect_client.read_flow_run(run.id).state for run in asked]
        return all(state.is_final() for state in found) and found

    found = eventually(states)
    assert {state.name for state in found} <= {"Completed", "Cancelled"}
    assert [state.message for state in found].count("1 labelled") == 1
    assert (home / "data" / "labels" / "wine.parquet").is_file()


def test_a_schedule_of_seconds_creates_runs(prefect_client, eventually):
    deployment = training.train.to_deployment(
        "often", interval=timedelta(seconds=2), parameters={"sources": [str(WINE)], "home": "unused"}
    )
    number = deployment.apply()
    only = DeploymentFilter(id=DeploymentFilterId(any_=[number]))
    scheduled = eventually(lambda: len(found := prefect_client.read_flow_runs(deployment_filter=only)) > 1 and found)
    prefect_client.delete_deployment(number)
    assert {each.state_name for each in scheduled} == {"Scheduled"}
    assert len({each.expected_start_time for each in scheduled}) > 1
