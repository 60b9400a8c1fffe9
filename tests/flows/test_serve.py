import os
import re
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from prefect.client.orchestration import get_client

from data.sources import shipped_table

ROOT = Path(__file__).parents[2]
EVERY_SECOND = "* * * * * *"  # Prefect reads a sixth field, of seconds


@pytest.fixture
def inbox(home):
    shutil.copytree(shipped_table().parent, home / "data" / "inbox", ignore=shutil.ignore_patterns("*.md"))
    return home / "data" / "inbox"


def runs(client, flow):
    return [run for run in client.read_flow_runs() if run.name == flow and run.state and run.state.is_final()]


def test_serve_starts_a_server_fires_on_schedule_labels_once_and_ends_on_a_signal(
    home, inbox, tmp_path, program, eventually
):
    variables = {"PREFECT_HOME": None, "PREFECT_API_URL": None}
    process = program("serve", "--cron", EVERY_SECOND, "--home", home, cwd=tmp_path, **variables)
    (address,) = re.findall(r"http://\S+", "".join(process.stdout.readline() for _ in range(5)))
    labels = home / "data" / "labels" / "wine.parquet"
    with get_client(httpx_settings={"base_url": f"{address}/api"}, sync_client=True) as client:
        client._client.base_url = f"{address}/api"
        done = eventually(lambda: len(found := runs(client, "label what is new in data/inbox")) > 1 and found, 60)
        assert {run.state.message for run in done} >= {"1 labelled", "1 unchanged"}
        assert {artifact.key for artifact in client.read_artifacts()} >= {"wine-summary", "wine-batches"}
    written = labels.stat().st_mtime_ns
    process.send_signal(signal.SIGTERM)
    _, errors = process.communicate(timeout=60)
    assert (process.returncode, errors) == (143, "")
    assert labels.stat().st_mtime_ns == written
    assert not (home / ".prefect" / "address").exists()


def test_a_worker_runs_what_prefect_yaml_deploys(home, inbox, prefect_client, eventually, tmp_path):
    project = tmp_path / "project"
    project.mkdir()
    for name in ("flows", "nn", "schemas", "data", "models", "prefect.yaml"):
        (project / name).symlink_to(ROOT / name)
    prefect = [sys.executable, "-m", "prefect"]
    variables = os.environ | {"WINE_LABELS_HOME": str(home)}

    def call(*words):
        done = subprocess.run(
            [*prefect, *words], cwd=project, env=variables, capture_output=True, text=True, check=True
        )
        return done.stdout

    call("work-pool", "create", "wine-labels", "--type", "process")
    call("--no-prompt", "deploy", "--all")
    described = yaml.safe_load((ROOT / "prefect.yaml").read_text())["deployments"]
    deployed = {name: prefect_client.read_deployment_by_name(f"{name}/{name}") for name in ("label-inbox", "retrain")}
    assert [each["name"] for each in described] == list(deployed)
    for each in deployed.values():
        (schedule,) = each.schedules
        assert schedule.schedule.timezone == "UTC"
        assert each.global_concurrency_limit.limit == 1
        assert each.concurrency_options.collision_strategy == "CANCEL_NEW"
    due = [prefect_client.create_flow_run_from_deployment(deployed["label-inbox"].id) for _ in range(3)]
    worker = [*prefect, "worker", "start", "--pool", "wine-labels", "--run-once"]
    subprocess.run(worker, cwd=tmp_path, env=variables, capture_output=True, check=True, timeout=100)

    def ended():
        states = [prefect_client.read_flow_run(run.id).state for run in due]
        return all(state.is_final() for state in states) and states

    states = eventually(ended, 60)
    assert {state.name for state in states} <= {"Completed", "Cancelled"}
    assert [state.message for state in states].count("1 labelled") == 1
    assert (home / "data" / "labels" / "wine.parquet").is_file()


@pytest.mark.parametrize(
    ("words", "error"),
    [
        (("--cron", "nonsense"), r"error: 'nonsense': no cron line; found other than five fields.*; write "),
        (("--timezone", "Mars/Olympus"), r"error: Mars/Olympus: no such time zone; found none of that name; write "),
    ],
)
def test_a_schedule_that_there_is_not_is_refused(wine_labels, home, words, error):
    said = wine_labels("serve", *words, "--home", home)
    assert said.status == 2
    assert re.fullmatch(rf"{error}.*\n", said.err)


def test_serve_once_labels_what_is_new_and_ends(wine_labels, home, inbox):
    said = wine_labels("serve", "--once", "--home", home, "--json")
    assert said.status == 0
    assert [(each["batch"], each["status"]) for each in said.document["batches"]] == [("wine", "labelled")]
    (inbox / "bad.csv").write_text("x\n")
    said = wine_labels("serve", "--once", "--home", home)
    assert said.status == 2
    assert said.err.startswith(f"error: {inbox / 'bad.csv'}: ")
    said = wine_labels("serve", "--once", "--home", home)
    assert (said.status, said.err) == (0, "")
    assert "bad.csv: refused before and unchanged; --again looks again" in said.out
