"""Artifacts and hooks: how Prefect shows a run's outcome, each under a key that its successor takes over."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from prefect import get_run_logger
from prefect.artifacts import (
    acreate_link_artifact,
    acreate_markdown_artifact,
    acreate_progress_artifact,
    acreate_table_artifact,
    aupdate_progress_artifact,
)
from prefect.events import emit_event
from prefect.logging.loggers import flow_run_logger
from prefect.runtime import flow_run

from data.errors import PublishError
from flows.jobs.counts import counted
from flows.jobs.progress import listening
from flows.pages import surroundings
from flows.runs import markdown, message
from flows.runs.links import page_url, url_problem
from flows.runs.webhook import post
from flows.state.home import Home
from flows.state.printable import printable
from models.store import ModelStore
from schemas.errors import TableError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Mapping, Sequence

    from prefect import Flow
    from prefect.client.schemas.objects import FlowRun, State

    from data.places import Place
    from flows.jobs.batch import Batch, Trained
    from flows.jobs.night import Night

ATTENTION: Final = "wine-labels.attention"
EVERY: Final = 10.0  # seconds between two looks at the progress of a long run


def key(table: str, what: str) -> str:
    """The key of an artifact, of lowercase letters, digits and dashes.

    >>> key("white_wine", "page")
    'white-wine-page'
    """
    return f"{table}-{what}".replace("_", "-")


async def show_batches(table: str, title: str, night: Night, version: int, notices: Sequence[str] = ()) -> None:
    """A summary, a table of the batches, and the confusion matrix where there is truth."""
    await acreate_markdown_artifact(markdown.summary(title, night, notices, version), key(table, "summary"), title)
    rows = markdown.table_rows(night.batches)
    await acreate_table_artifact(rows, key(table, "batches"), "Every batch of the run and its status")
    if matrix := markdown.confusion(night.batches):
        await acreate_markdown_artifact(matrix, key(table, "confusion"), "Truth against label, all batches with truth")


async def show_pages(table: str, night: Night, home: Home) -> None:
    """Draw the pages of what was labelled or judged, and the one over everything; link to them at their addresses."""
    labelled = [each for each in night.batches if each.status == "labelled"]
    judged = {each["batch"] for each in night.judged} - {each.batch for each in labelled}
    if judged:
        await _drawn(_draw_judged, sorted(judged), home)
    pages = await _drawn(_draw_labelled, labelled, home) if labelled else []
    over_everything = await _drawn(_draw_home, home)
    if problem := url_problem():
        get_run_logger().warning(problem)
    for page in pages if len(pages) == 1 else over_everything[: len(pages)]:
        if address := page_url(home, page):
            text = "the page of the batch" if page in pages else "the page over all batches"  # no name: it is Markdown
            await acreate_link_artifact(address, text, key(table, "page"), "What was labelled, for people")


async def _drawn(draw: Callable[..., list[Place]], *of: Any) -> list[Place]:
    """The pages that this draws; none, and a warning, where it cannot: no run fails for want of a page."""
    try:
        return await asyncio.to_thread(draw, *of)
    except Exception as error:  # noqa: BLE001  what is published stands
        get_run_logger().warning("a page could not be drawn: %s", error)
        return []


def _draw_labelled(labelled: Sequence[Batch], home: Home) -> list[Place]:
    """The pages of these batches, once the versions that labelled them have theirs too."""
    surroundings.prepare(home)
    from flows.pages.batch_page import draw_batch  # these two take a while to import
    from flows.pages.version_page import draw_version

    for version in {each.model_version for each in labelled if each.model_version}:
        draw_version(ModelStore(home.models), version, home)
    return [draw_batch(each.batch, home) for each in labelled]


def _draw_judged(batches: Sequence[str], home: Home) -> list[Place]:
    surroundings.prepare(home)
    from flows.pages.batch_page import draw_batch

    return [draw_batch(batch, home) for batch in batches]


def _draw_home(home: Home) -> list[Place]:
    from flows.pages.home_page import draw_home

    return [draw_home(home)]


async def show_training(home: Home, trained: Trained | BaseException) -> None:
    """What came of a training, or why there was none."""
    text = markdown.no_training(str(trained)) if isinstance(trained, BaseException) else markdown.training(trained)
    await acreate_markdown_artifact(
        text, key(_table({"home": home.folder}) or "table", "training"), "The last training"
    )


def notify(table: str, notices: Sequence[str], home: Home, night: Night) -> None:
    """Report what somebody should look at: in the log, as an event for automations, at the webhook."""
    log = get_run_logger()
    for text in notices:
        log.warning(text)
        resource = {"prefect.resource.id": f"wine-labels.table.{table}", "prefect.resource.name": table}
        emit_event(ATTENTION, resource, payload={"reason": text})
    if not notices:
        return
    run = message.run_fields(flow_run.flow_name, flow_run.id, flow_run.name)
    details = {"event": ATTENTION, "table": table, "home": str(home.folder)}
    if problem := post(message.sentence(notices), details | run | message.file_fields(home, night)):
        log.warning(problem)


def notify_failure(flow: Flow[Any, Any], run: FlowRun, state: State[Any]) -> None:
    """Prefect's hook for runs that failed or crashed: report it at the webhook."""
    text = printable(f"wine-labels: {run.name} ended {state.name}: {state.message}")
    asked = run.parameters
    details = {"event": f"wine-labels.{state.type.value.lower()}", "table": _table(asked), "home": _home(asked)}
    details |= message.run_fields(flow.name, run.id, run.name) | {"files": [], "more_files": 0}
    if problem := post(text, details):
        flow_run_logger(run, flow).warning(problem)


def _home(parameters: Mapping[str, Any]) -> str | None:
    """The home that a run was asked to work on; None where it is none."""
    try:
        return str(Home.at(parameters.get("home")).folder)
    except PublishError:
        return None


def _table(parameters: Mapping[str, Any]) -> str | None:
    """The table of that home; None where it has none that holds."""
    try:
        return Home.at(parameters.get("home")).table.name
    except (PublishError, TableError):
        return None


HOOKS: Final[dict[str, Any]] = {"on_failure": [notify_failure], "on_crashed": [notify_failure]}


@asynccontextmanager
async def progress(sources: Sequence[str], done: Sequence[object]) -> AsyncIterator[None]:
    """Show, on a run that takes long, how many of the sources are done and how many rows; weighed by their bytes."""
    rows = [0]

    def count(more: int) -> None:
        rows[0] += more

    sizes = [_size(source) for source in sources]

    async def watch() -> None:
        artifact = None
        while True:
            await asyncio.sleep(EVERY)
            share = 100 * sum(sizes[: len(done)]) / (sum(sizes) or 1)
            words = f"{len(done):,} of {counted(len(sources), 'file')} done, {counted(rows[0], 'row')}"
            if artifact is None:
                artifact = await acreate_progress_artifact(share, description=words)
            else:
                await aupdate_progress_artifact(artifact, share, words)

    with listening(count):
        watching = asyncio.create_task(watch())
        try:
            yield
        finally:
            watching.cancel()
            with suppress(asyncio.CancelledError):
                await watching


def _size(source: str) -> int:
    try:
        return Path(source).stat().st_size
    except OSError:
        return 0
