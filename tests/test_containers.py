"""The container documents: what they name exists, and a run in them is a run of these flows."""

import json
import re
import tomllib
from fnmatch import fnmatch
from inspect import signature
from pathlib import Path

import pytest
import yaml
from prefect.flows import load_flow_from_entrypoint

from flows import nightly

ROOT = Path(__file__).parents[1]
DOCKERFILE = (ROOT / "Dockerfile").read_text()
DEPLOYED = yaml.safe_load((ROOT / "deploy" / "prefect.yaml").read_text())["deployments"]
POOL = json.loads((ROOT / "deploy" / "kubernetes-pool.json").read_text())


def copied():
    """What the Dockerfile takes from the project."""
    return [
        name for line in re.findall(r"^COPY (?!--from)(.*) \S+$", DOCKERFILE, re.MULTILINE) for name in line.split()
    ]


def test_the_dockerfile_names_files_that_are_there_and_that_the_engine_is_given():
    given = [line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")]
    assert copied()
    for name in copied():
        assert (ROOT / name).exists()
        assert any(fnmatch(name, each) or each.startswith(f"{name}/") for each in given)


def test_the_dockerfile_has_every_room_every_lock_to_run_and_what_the_project_names():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    rooms = project["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"]
    assert {*rooms, "pyproject.toml", project["project"]["readme"], *project["project"]["license-files"]} <= {*copied()}
    for lock in re.findall(r"--requirement (\S+)", DOCKERFILE):
        assert lock in copied()
    assert 'ENTRYPOINT ["wine-labels"]' in DOCKERFILE
    assert "USER 1000" in DOCKERFILE


@pytest.mark.parametrize("deployed", DEPLOYED, ids=lambda each: each["name"])
def test_a_deployment_to_kubernetes_is_of_a_flow_with_parameters_of_its_own(deployed):
    flow = load_flow_from_entrypoint(deployed["entrypoint"])
    assert flow.name == deployed["name"]
    assert flow.fn is getattr(nightly, deployed["name"].replace("-", "_")).fn
    flow.validate_parameters(deployed["parameters"])
    assert {*deployed["parameters"]} <= {*signature(flow.fn).parameters}
    assert deployed["work_pool"]["job_variables"]["env"]["WINE_LABELS_HOME"].startswith("s3://")
    assert {*deployed["work_pool"]["job_variables"]} <= {*POOL["variables"]["properties"]}


def test_both_prefect_files_deploy_the_same_flows_at_the_same_times():
    here = yaml.safe_load((ROOT / "prefect.yaml").read_text())["deployments"]
    same = ("name", "description", "schedules", "parameters", "concurrency_limit")
    assert [[each[name] for name in same] for each in DEPLOYED] == [[each[name] for name in same] for each in here]


def test_the_pool_for_kubernetes_runs_the_command_and_not_the_entrypoint_of_the_image():
    (container,) = POOL["job_configuration"]["job_manifest"]["spec"]["template"]["spec"]["containers"]
    assert (container["command"], container["args"]) == (["/usr/bin/env"], "{{ command }}")
    assert container["envFrom"] == [{"secretRef": {"name": "{{ secret }}"}}]
