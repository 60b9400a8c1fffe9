from datetime import timedelta
from uuid import uuid4

import pytest
from prefect.states import Running

from flows import labelling, nightly
from flows.runs import crashed
from flows.state.home import Home
from flows.state.running import running
from work import run

pytestmark = pytest.mark.usefixtures("prefect_server")


def test_a_run_killed_before_its_first_line_is_marked_crashed(home, bottles, prefect_client, monkeypatch):
    monkeypatch.setattr(crashed, "STARTING", timedelta(0))
    parameters = {"sources": [str(bottles)], "version": 1}
    here, elsewhere = (
        prefect_client.create_flow_run(labelling.label, parameters=parameters | {"home": str(folder)}, state=Running())
        for folder in (home, home / "elsewhere")
    )
    run(labelling.label, [str(bottles)], str(home), 1)
    states = [prefect_client.read_flow_run(each.id).state for each in (here, elsewhere)]
    assert [state.is_crashed() for state in states] == [True, False]


def test_what_a_killed_run_left_is_cleared_and_it_is_marked_crashed(home, inbox, night, prefect_client):
    run = prefect_client.create_flow_run(nightly.label_inbox, state=Running())
    (home / "data" / ".runs").mkdir()
    (home / "data" / ".runs" / f"{run.id}.run").touch()
    (home / "data" / ".runs" / f"{uuid4()}.run").touch()
    (home / "data" / ".staging" / "killed").mkdir(parents=True)
    (home / "data" / ".staging" / "killed.lock").touch()
    night()
    state = prefect_client.read_flow_run(run.id).state
    assert (state.name, state.message) == ("Crashed", "killed outright; found by the run after it")
    assert [*(home / "data" / ".runs").iterdir(), *(home / "data" / ".staging").iterdir()] == []


def test_a_run_that_is_running_is_left_alone(home, inbox, night, prefect_client):
    run = prefect_client.create_flow_run(nightly.label_inbox, state=Running())
    with running(Home.at(home), str(run.id)):
        night()
    assert prefect_client.read_flow_run(run.id).state.name == "Running"
