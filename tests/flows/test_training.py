from datetime import timedelta

import pytest
from prefect.client.schemas.filters import (
    DeploymentFilter,
    DeploymentFilterId,
)

from flows import training
from work import WINE, result, run

pytestmark = pytest.mark.usefixtures("prefect_server")


def test_the_names_of_a_training_run_say_what_it_does(recorded, tmp_path):
    flow_run, (task_run,), _ = recorded(run(training.train, [str(WINE)], str(tmp_path)))
    assert flow_run.name.startswith("train from ")
    assert WINE.name in flow_run.name
    assert task_run.name == "train by default"
    assert (flow_run.state_name, task_run.state_name) == ("Completed", "Completed")


def test_a_refused_training_ends_failed_with_the_reason_and_no_traceback(recorded, tmp_path, empty):
    state = run(training.train, [str(empty)], str(tmp_path))
    flow_run, _, log = recorded(state)
    assert flow_run.state_name == "Failed"
    assert flow_run.state.message == str(result(state))
    assert "\n" not in flow_run.state.message
    assert flow_run.state.message.startswith(f"{empty}: an empty file; ")
    assert "Traceback" not in "\n".join(log)


def test_a_schedule_of_seconds_creates_runs(prefect_client, eventually):
    deployment = training.train.to_deployment(
        "often", interval=timedelta(seconds=2), parameters={"sources": [str(WINE)], "home": "unused"}
    )
    number = deployment.apply()
    only = DeploymentFilter(id=DeploymentFilterId(any_=[number]))
    scheduled = eventually(
        lambda: prefect_client.read_flow_runs(deployment_filter=only),
    )
    prefect_client.delete_deployment(number)
    assert {each.state_name for each in scheduled} == {"Scheduled"}
    assert len({each.expected_start_time for each in scheduled}) > 1
