import asyncio
import json
import shutil
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from uuid import uuid4

import pyarrow.parquet as pq
import pytest
from prefect.client.schemas.filters import ArtifactFilter, ArtifactFilterFlowRunId
from prefect.states import Running

from data.locks import exclusive
from data.sources import shipped_table
from flows import nightly, steps
from flows.alive import alive
from flows.home import Home
from models.store import ModelStore

WINE = shipped_table()

pytestmark = pytest.mark.usefixtures("prefect_server")


@pytest.fixture
def inbox(home):
    folder = Home.at(home).inbox
    folder.mkdir(parents=True)
    shutil.copy(WINE, folder / "a.csv")
    return folder


@pytest.fixture
def night(home):
    """One run of the flow on the home's inbox: its state and its result."""

    def run(flow=nightly.label_inbox, **parameters):
        more = {"quiet_seconds": 0.0} if flow is nightly.label_inbox else {}
        state = asyncio.run(flow(home=str(home), **more, **parameters, return_state=True))
        return state, asyncio.run(state.aresult(raise_on_failure=False))

    return run


def statuses(result):
    return {batch["batch"]: batch["status"] for batch in result["batches"]}


def labels(home):
    return {path.stem: path.stat().st_mtime_ns for path in (home / "data" / "labels").iterdir()}


def spoil(path):
    """Other bytes, of which one row is rejected."""
    path.write_text(path.read_text().replace("14.23", "99", 1))


def test_what_is_new_is_labelled_once(home, inbox, night):
    state, result = night()
    assert (state.name, state.message, statuses(result)) == ("Completed", "1 labelled", {"a": "labelled"})
    before = labels(home)
    state, result = night()
    assert (state.message, result["batches"], result["unchanged"]) == ("1 unchanged", [], ["a.csv"])
    assert labels(home) == before


def test_a_changed_file_is_labelled_anew(home, inbox, night):
    night()
    spoil(inbox / "a.csv")
    assert statuses(night()[1]) == {"a": "labelled"}
    assert pq.read_metadata(home / "data" / "labels" / "a.parquet").num_rows == 177


def test_a_new_champion_labels_anew_only_what_is_asked_for(home, inbox, night):
    night()
    steps.train([WINE], Home.at(home), seed=1, promote=True)
    assert night()[1]["unchanged"] == ["a.csv"]
    (batch,) = night(replace=True)[1]["batches"]
    assert (batch["status"], batch["model_version"]) == ("labelled", 2)


def test_a_refused_file_stops_no_other_and_is_told_once_until_it_changes(home, inbox, night):
    (inbox / "bad.csv").write_text("x,y\n1,2\n")
    state, result = night()
    assert (state.type.value, state.name) == ("COMPLETED", "SomeRefused")
    assert statuses(result) == {"a": "labelled", "bad": "refused"}
    state, result = night()
    assert (state.name, state.message) == ("Completed", "1 unchanged, 1 refused before")
    assert "no column is known" in result["refused_before"]["bad.csv"]
    (inbox / "bad.csv").write_text("x,y\n1,3\n")
    assert statuses(night()[1]) == {"bad": "refused"}
    assert statuses(night(again=True)[1]) == {"bad": "refused"}
    (inbox / "bad.csv").unlink()
    night()
    assert list((home / "data" / "refused").iterdir()) == []


def test_where_all_that_is_new_is_refused_the_run_failed_and_says_why_in_a_line(inbox, night):
    (inbox / "a.csv").write_text("x,y\n1,2\n")
    state, _ = night()
    assert state.name == "Failed"
    assert state.message.startswith(f"{inbox / 'a.csv'}: no column is known by its name")


def test_of_two_files_of_one_name_the_first_is_labelled_and_the_second_told_once(inbox, night):
    shutil.copy(WINE, inbox / "a.txt")
    _, result = night()
    assert [each["status"] for each in result["batches"]] == ["refused", "labelled"]
    assert "a second source for batch 'a'" in result["batches"][0]["error"]
    assert night()[1]["batches"] == []
    (inbox / "a.csv").unlink()
    spoil(inbox / "a.txt")
    assert statuses(night()[1]) == {"a": "labelled"}


def test_a_run_that_finds_another_at_work_is_cancelled(home, inbox, night):
    with exclusive(Home.at(home).runs / "inbox wine.lock"):
        state, _ = night()
    assert state.name == "Cancelled"
    assert state.message.startswith("another run is at work on the inbox of ")
    assert not (home / "data" / "labels").exists()


def test_two_runs_of_one_batch_at_once_label_it_once(home, inbox):
    version = ModelStore(Home.at(home).models("wine")).load()
    done = []

    def work():
        done.append(steps.label(inbox / "a.csv", "a", Home.at(home), version).status)

    threads = [threading.Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(done) == ["labelled", "unchanged", "unchanged"]


@pytest.mark.parametrize(("missing", "words"), [("inbox", "no such inbox"), ("model", "no model yet")])
def test_without_an_inbox_or_a_model_the_run_failed_with_the_reason(home, inbox, night, missing, words):
    shutil.rmtree(inbox if missing == "inbox" else home / "models")
    state, _ = night()
    assert state.name == "Failed"
    assert words in state.message
    assert state.message.count("; ") == 2


def test_what_a_killed_run_left_is_cleared_and_it_is_said_to_have_crashed(home, inbox, night, prefect_client):
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


def test_a_run_that_lives_is_left_running(home, inbox, night, prefect_client):
    run = prefect_client.create_flow_run(nightly.label_inbox, state=Running())
    with alive(Home.at(home), str(run.id)):
        night()
    assert prefect_client.read_flow_run(run.id).state.name == "Running"


def test_each_run_shows_a_summary_a_table_and_the_confusion_under_stable_keys(home, inbox, night, prefect_client):
    state, _ = night()
    only = ArtifactFilter(flow_run_id=ArtifactFilterFlowRunId(any_=[state.state_details.flow_run_id]))
    shown = {each.key: each.data for each in prefect_client.read_artifacts(artifact_filter=only)}
    assert set(shown) == {"wine-summary", "wine-batches", "wine-confusion", "wine-page"}
    assert (home / "data" / "pages" / "a.html").is_file()
    assert "178 rows in, 178 labelled, 0 rejected" in shown["wine-summary"]
    (row,) = json.loads(shown["wine-batches"])
    assert (row["batch"], row["status"], row["rows"]) == ("a", "labelled", 178)
    assert "| **grignolino** | 0 | 71 | 0 |" in shown["wine-confusion"]


@pytest.fixture
def webhook(monkeypatch):
    """The documents that a real webhook has received."""
    received = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            received.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *words):
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    monkeypatch.setenv("WINE_LABELS_WEBHOOK", f"http://127.0.0.1:{server.server_port}/")
    yield received
    server.shutdown()
    thread.join()
    server.server_close()


def test_the_webhook_is_told_of_refusals_rejects_and_drift_and_of_failure(home, inbox, night, webhook):
    lines = (inbox / "a.csv").read_text().splitlines()
    header, rows = lines[0], [line.split(",") for line in lines[1:]]
    proline = header.split(",").index("proline")
    for number, row in enumerate(rows):
        row[proline] = "9999" if number < 20 else str(min(float(row[proline]) * 1.7, 2999))
    (inbox / "a.csv").write_text("\n".join([header, *(",".join(row) for row in rows)]))
    (inbox / "bad.csv").write_text("x,y\n1,2\n")
    night()
    (told,) = webhook
    assert told["event"] == "wine-labels.attention"
    assert "bad was refused: " in told["text"]
    assert "a: 20 of 178 rows rejected, more than 5%" in told["text"]
    assert "large drift against the training rows in proline" in told["text"]
    shutil.rmtree(inbox)
    night()
    assert webhook[1]["event"] == "wine-labels.failed"
    assert "no such inbox" in webhook[1]["text"]


def test_a_webhook_that_cannot_be_reached_fails_no_run(inbox, night, monkeypatch):
    monkeypatch.setenv("WINE_LABELS_WEBHOOK", "http://127.0.0.1:9/")
    (inbox / "bad.csv").write_text("x,y\n1,2\n")
    assert night()[0].name == "SomeRefused"


def test_retraining_on_the_same_rows_trains_nothing_and_on_more_rows_a_version(home, inbox, night):
    state, trained = night(nightly.retrain)
    assert (trained["version"], trained["promoted"]) == (1, True)
    assert "nothing was trained" in state.message
    state, trained = night(nightly.retrain, sources=[str(WINE), str(inbox / "a.csv")])
    assert (trained["version"], trained["rows"]) == (2, 356)
    assert night(nightly.retrain, sources=[str(WINE), str(inbox / "a.csv")])[1]["version"] == 2


def test_retraining_on_a_table_without_truth_failed_with_the_reason(home, inbox, night):
    (inbox / "a.csv").write_text("x,y\n1,2\n")
    state, _ = night(nightly.retrain, sources=[str(inbox / "a.csv")])
    assert (state.name, "a.csv: no column is known" in state.message) == ("Failed", True)


@pytest.mark.parametrize("flow", [nightly.label_inbox, nightly.retrain])
def test_every_parameter_is_described_for_the_prefect_ui(flow):
    properties = flow.parameters.model_dump()["properties"]
    assert properties
    assert all(each.get("description") for each in properties.values())
