import asyncio
import errno
import inspect
import json
import shutil
from datetime import timedelta

import pytest
from prefect.client.schemas.filters import (
    DeploymentFilter,
    DeploymentFilterId,
    FlowRunFilter,
    FlowRunFilterId,
    LogFilter,
    LogFilterFlowRunId,
)
from prefect.states import Running

from data.sources import shipped_table
from flows import labelling, stale, steps, training
from flows.home import Home

WINE = shipped_table()

pytestmark = pytest.mark.usefixtures("prefect_server")


def run(flow, *arguments, **named):
    """The state a flow ends in."""
    return asyncio.run(flow(*arguments, **named, return_state=True))


def result(state):
    return asyncio.run(state.aresult(raise_on_failure=False))


@pytest.fixture
def recorded(prefect_client, eventually):
    """What the server knows of a run: itself, its tasks and its log."""

    def ask(state, tasks=1):
        number = state.state_details.flow_run_id
        only = FlowRunFilter(id=FlowRunFilterId(any_=[number]))

        def ended():
            runs = prefect_client.read_task_runs(flow_run_filter=only)
            return len(runs) == tasks and all(each.state and each.state.is_final() for each in runs) and runs

        def log():
            lines = prefect_client.read_logs(LogFilter(flow_run_id=LogFilterFlowRunId(any_=[number])))
            texts = [line.message for line in lines]
            return any(text.startswith("Finished in state") for text in texts) and texts

        return prefect_client.read_flow_run(number), eventually(ended), eventually(log)

    return ask


@pytest.fixture
def bottles(tmp_path):
    return shutil.copy(WINE, tmp_path / "bottles.csv")


@pytest.fixture
def empty(tmp_path):
    (tmp_path / "empty.csv").touch()
    return tmp_path / "empty.csv"


@pytest.fixture
def faulty(monkeypatch):
    """Have a step fail with an error once, then work."""

    def break_once(name, error):
        calls = []
        works = getattr(steps, name)

        def step(*arguments, **named):
            calls.append(arguments)
            if len(calls) == 1:
                raise error
            return works(*arguments, **named)

        monkeypatch.setattr(steps, name, step)
        return calls

    return break_once


def test_the_names_of_a_training_run_say_what_it_does(recorded, tmp_path):
    flow_run, (task_run,), _ = recorded(run(training.train, str(WINE), str(tmp_path)))
    assert flow_run.name.startswith("train wine from ")
    assert WINE.name in flow_run.name
    assert task_run.name == "train wine by default"
    assert (flow_run.state_name, task_run.state_name) == ("Completed", "Completed")


def test_the_names_of_a_labelling_run_say_what_it_does(recorded, home, bottles):
    flow_run, task_runs, _ = recorded(run(labelling.label, [str(WINE), str(bottles)], str(home), 1), tasks=2)
    assert flow_run.name.startswith("label ")
    assert flow_run.name.endswith(" with version 1")
    assert {task_run.name for task_run in task_runs} == {"label wine", "label bottles"}


def test_the_name_of_a_labelling_run_of_many_sources_stays_short(recorded, home, tmp_path):
    sources = [str(tmp_path / f"missing-{number}.csv") for number in range(10)]
    flow_run, *_ = recorded(run(labelling.label, sources, str(home), 1), tasks=10)
    assert len(flow_run.name) < 200


def test_the_log_of_a_run_gives_the_figures_in_one_line(recorded, home, bottles):
    *_, log = recorded(run(labelling.label, [str(bottles)], str(home), 1))
    assert [line for line in log if line.startswith("labelled: 178 rows in, 178 labelled, 0 rejected by version 1; ")]


def test_a_refused_training_ends_failed_with_the_reason_and_no_traceback(recorded, tmp_path, empty):
    state = run(training.train, str(empty), str(tmp_path))
    flow_run, _, log = recorded(state)
    assert flow_run.state_name == "Failed"
    assert flow_run.state.message == result(state)["error"]
    assert "\n" not in flow_run.state.message
    assert flow_run.state.message.startswith(f"{empty}: an empty file; ")
    assert "Traceback" not in "\n".join(log)


def test_where_all_sources_are_refused_the_run_ends_failed_with_the_reasons_and_no_traceback(
    recorded, home, empty, tmp_path
):
    state = run(labelling.label, [str(empty), str(tmp_path / "gone.csv")], str(home), 1)
    flow_run, _, log = recorded(state, tasks=2)
    assert flow_run.state_name == "Failed"
    assert "an empty file" in flow_run.state.message
    assert "gone.csv" in flow_run.state.message
    assert "\n" not in flow_run.state.message
    assert "Traceback" not in "\n".join(log)


def test_where_some_sources_are_labelled_the_run_ends_completed_and_tells_the_others(recorded, home, empty, bottles):
    state = run(labelling.label, [str(empty), str(bottles)], str(home), 1)
    flow_run, _, log = recorded(state, tasks=2)
    assert flow_run.state_name == "Completed"
    assert [each["status"] for each in result(state)["batches"]] == ["refused", "labelled"]
    assert [line for line in log if line.startswith(f"refused: {empty}: an empty file; ")]


@pytest.mark.parametrize("flow", ["train", "label"])
def test_a_version_or_table_that_does_not_exist_is_refused(recorded, home, bottles, flow):
    arguments = (str(bottles), str(home), "beer") if flow == "train" else ([str(bottles)], str(home), 9)
    flow_run, _, log = recorded(run(getattr(training if flow == "train" else labelling, flow), *arguments))
    assert flow_run.state_name == "Failed"
    assert flow_run.state.message.count("; ") >= 2
    assert "Traceback" not in "\n".join(log)


def test_a_bad_input_is_not_tried_again(recorded, home, empty, tmp_path):
    _, (labelled,), _ = recorded(run(labelling.label, [str(empty)], str(home), 1))
    _, (trained,), _ = recorded(run(training.train, str(empty), str(tmp_path)))
    assert (labelled.run_count, trained.run_count) == (1, 1)


def test_a_disk_that_is_full_is_not_tried_again(recorded, home, bottles, faulty):
    calls = faulty("sha256_of", OSError(errno.ENOSPC, "No space left on device"))
    state = run(labelling.label, [str(bottles)], str(home), 1)
    assert recorded(state)[0].state_name == "Failed"
    assert len(calls) == 1


def test_an_error_that_may_pass_is_tried_again(recorded, home, bottles, faulty):
    calls = faulty("sha256_of", OSError(errno.EIO, "Input/output error"))
    state = run(labelling.label, [str(bottles)], str(home), 1)
    flow_run, (task_run,), _ = recorded(state)
    assert result(state)["batches"][0]["status"] == "labelled"
    assert (flow_run.state_name, task_run.run_count, len(calls)) == ("Completed", 2, 2)


def test_an_error_that_is_a_bug_ends_failed_and_is_not_tried_again(recorded, home, bottles, faulty):
    calls = faulty("label", ZeroDivisionError("a bug"))
    flow_run, (task_run,), _ = recorded(run(labelling.label, [str(bottles)], str(home), 1))
    assert (flow_run.state_name, task_run.run_count, len(calls)) == ("Failed", 1, 1)


def test_parameters_are_paths_numbers_and_words(recorded, home, bottles):
    flow_run, (task_run,), _ = recorded(run(labelling.label, [str(bottles)], str(home), 1))
    given = {"sources": [str(bottles)], "home": str(home), "version": 1, "table": "wine", "replace": False}
    assert given.items() <= flow_run.parameters.items()
    assert set(flow_run.parameters) == set(inspect.signature(labelling.label.fn).parameters)
    assert len(json.dumps(flow_run.parameters)) < 2000
    assert not any(task_run.task_inputs.values())


def test_results_are_small_documents_that_no_storage_keeps(recorded, home, bottles):
    state = run(labelling.label, [str(bottles)], str(home), 1)
    flow_run, (task_run,), _ = recorded(state)
    assert len(json.dumps(result(state))) < 2000
    assert flow_run.state.data is None
    assert task_run.state.data is None


def test_a_flow_gives_what_its_step_gives(home, bottles):
    (batch,) = result(run(labelling.label, [str(bottles)], str(home), 1))["batches"]
    assert batch["labels"] == str(Home.at(home).labels("bottles"))
    assert (batch["rows"], batch["accuracy"]) == (178, 1.0)


def test_a_schedule_of_seconds_creates_runs(prefect_client, eventually):
    deployment = training.train.to_deployment(
        "often", interval=timedelta(seconds=2), parameters={"source": str(WINE), "home": "unused"}
    )
    number = deployment.apply()
    only = DeploymentFilter(id=DeploymentFilterId(any_=[number]))
    scheduled = eventually(lambda: prefect_client.read_flow_runs(deployment_filter=only), seconds=15)
    prefect_client.delete_deployment(number)
    assert {each.state_name for each in scheduled} == {"Scheduled"}
    assert len({each.expected_start_time for each in scheduled}) > 1


def test_a_run_killed_before_its_first_line_is_said_to_have_crashed(home, bottles, prefect_client, monkeypatch):
    monkeypatch.setattr(stale, "STARTING", timedelta(0))
    parameters = {"sources": [str(bottles)], "version": 1}
    here, elsewhere = (
        prefect_client.create_flow_run(labelling.label, parameters=parameters | {"home": str(folder)}, state=Running())
        for folder in (home, home / "elsewhere")
    )
    run(labelling.label, [str(bottles)], str(home), 1)
    states = [prefect_client.read_flow_run(each.id).state for each in (here, elsewhere)]
    assert [state.is_crashed() for state in states] == [True, False]
