import inspect
import json
from dataclasses import asdict

import pytest

from flows import labelling, training
from flows.state.home import Home
from work import WINE, result, run

pytestmark = pytest.mark.usefixtures("prefect_server")


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


def test_where_some_sources_are_labelled_the_run_ends_some_refused_with_the_reasons(recorded, home, empty, bottles):
    state = run(labelling.label, [str(empty), str(bottles)], str(home), 1)
    flow_run, _, log = recorded(state, tasks=2)
    assert (flow_run.state_type.value, flow_run.state_name) == ("COMPLETED", "SomeRefused")
    assert flow_run.state.message.startswith(f"1 labelled, 1 refused: {empty}: an empty file; ")
    assert [each.status for each in result(state)] == ["refused", "labelled"]
    assert [line for line in log if line.startswith(f"refused: {empty}: an empty file; ")]


@pytest.mark.parametrize("flow", ["train", "label"])
def test_a_version_or_table_that_does_not_exist_is_refused(recorded, home, bottles, flow):
    arguments = ([str(bottles)], str(home), "beer") if flow == "train" else ([str(bottles)], str(home), 9)
    state = run(getattr(training if flow == "train" else labelling, flow), *arguments)
    flow_run, _, log = recorded(state, tasks=int(flow == "train"))
    assert flow_run.state_name == "Failed"
    assert flow_run.state.message.count("; ") >= 2
    assert "Traceback" not in "\n".join(log)


def test_parameters_are_paths_numbers_and_words(recorded, home, bottles):
    flow_run, (task_run,), _ = recorded(run(labelling.label, [str(bottles)], str(home), 1))
    given = {"sources": [str(bottles)], "home": str(home), "version": 1, "replace": False}
    assert given.items() <= flow_run.parameters.items()
    assert set(flow_run.parameters) == set(inspect.signature(labelling.label.fn).parameters)
    assert len(json.dumps(flow_run.parameters)) < 2000
    assert not any(task_run.task_inputs.values())


def test_results_are_small_documents_that_no_storage_keeps(recorded, home, bottles):
    state = run(labelling.label, [str(bottles)], str(home), 1)
    flow_run, (task_run,), _ = recorded(state)
    assert len(json.dumps([*map(asdict, result(state))])) < 2000
    assert flow_run.state.data is None
    assert task_run.state.data is None


def test_a_flow_gives_what_its_step_gives(home, bottles):
    (batch,) = result(run(labelling.label, [str(bottles)], str(home), 1))
    assert batch.labels == str(Home.at(home).labels("bottles"))
    assert (batch.rows, batch.accuracy) == (178, 1.0)
