import asyncio
import shutil
from dataclasses import replace

import pytest

import mixed
from flows.jobs.training_rows import write_rows
from flows.state.home import Home
from models.store import ModelStore
from nn.recipe import RECIPES
from work import WINE


@pytest.fixture
def here(tmp_path, monkeypatch):
    """A working folder with some tables."""
    folder = tmp_path / "here"
    (folder / "many").mkdir(parents=True)
    (folder / "none").mkdir()
    for name in ("wine.csv", "many/a.csv", "many/b.csv"):
        shutil.copy(WINE, folder / name)
    monkeypatch.chdir(folder)
    return folder


@pytest.fixture
def bottles(tmp_path):
    """A copy of the shipped table."""
    return shutil.copy(WINE, tmp_path / "bottles.csv")


@pytest.fixture
def empty(tmp_path):
    """A file that is no table."""
    (tmp_path / "empty.csv").touch()
    return tmp_path / "empty.csv"


@pytest.fixture(scope="session")
def penguins_version(tmp_path_factory):
    """A version of 300 penguins, whose islands and sexes are text and whose numbers may be missing."""
    store = ModelStore(tmp_path_factory.mktemp("penguins"))
    files = {"training.parquet": write_rows(mixed.FEATURES, *mixed.penguins(300), mixed.ENCODING)}
    store.save(mixed.classifier(), {}, files)
    return store.load(1)


@pytest.fixture
def inbox(home):
    """The inbox of a home, with one table in it."""
    folder = Home.at(home).inbox
    folder.mkdir(parents=True)
    shutil.copy(WINE, folder / "a.csv")
    return folder


@pytest.fixture
def worse(monkeypatch):
    """A recipe that is worse than the champion's: the article's, stopped early."""
    monkeypatch.setitem(RECIPES, "article", replace(RECIPES["article"], epochs=300))
    return "article"


@pytest.fixture
def night(home):
    """One run of a nightly flow on the home: its state and its result."""
    from flows import nightly

    def run(flow=nightly.label_inbox, **parameters):
        more = {"quiet_seconds": 0.0} if flow is nightly.label_inbox else {}
        state = asyncio.run(flow(home=str(home), **more, **parameters, return_state=True))
        return state, asyncio.run(state.aresult(raise_on_failure=False))

    return run


@pytest.fixture
def recorded(prefect_client, eventually):
    """What the server knows of a run: itself, its tasks and its log."""
    from prefect.client.schemas.filters import FlowRunFilter, FlowRunFilterId, LogFilter, LogFilterFlowRunId

    def ask(state, tasks=1):
        number = state.state_details.flow_run_id
        only = FlowRunFilter(id=FlowRunFilterId(any_=[number]))

        def ended():
            runs = prefect_client.read_task_runs(flow_run_filter=only)
            return len(runs) == tasks and all(each.state and each.state.is_final() for each in runs) and [runs]

        def log():
            lines = prefect_client.read_logs(LogFilter(flow_run_id=LogFilterFlowRunId(any_=[number])))
            texts = [line.message for line in lines]
            return any(text.startswith("Finished in state") for text in texts) and texts

        return prefect_client.read_flow_run(number), eventually(ended)[0], eventually(log)

    return ask
