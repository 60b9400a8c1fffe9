"""The nightly flows, for schedules: `label_inbox` labels what is new, `retrain` trains on the labelled tables given.

Their parameters are described and bounded here, for the Prefect UI and for whoever starts a run.
"""

from __future__ import annotations

from typing import Annotated, Any, Final, Literal, TypeAlias

from prefect import flow
from prefect.runtime import flow_run
from prefect.states import Cancelled, Completed, Failed
from pydantic import Field

from data.errors import HeldError
from data.held import held
from data.places import below
from data.staging import sweep
from flows.jobs.batch import MAX_REJECTS
from flows.jobs.inbox import alone, survey
from flows.jobs.night import Night
from flows.jobs.refusals import REFUSALS, RefusedError, reason
from flows.jobs.request import Request, Training
from flows.judging import judge_what_is_due, promises_broken, take_in_each
from flows.labelling import label_each
from flows.runs.artifacts import HOOKS, notify, show_batches, show_pages
from flows.runs.crashed import mark_crashed
from flows.runs.notices import Thresholds, notices
from flows.runs.states import ended
from flows.state.home import Home
from flows.state.leftovers import sweep_leftovers
from flows.state.running import running
from flows.training import train_and_show

ALERT: Final = Thresholds()

Folder: TypeAlias = Annotated[str, Field(min_length=1)]
Share: TypeAlias = Annotated[float, Field(ge=0, le=1)]
Seconds: TypeAlias = Annotated[float, Field(ge=0, le=600)]
Seed: TypeAlias = Annotated[int, Field(ge=0, lt=2**32)]


@flow(name="label-inbox", flow_run_name="label what is new in {inbox}", persist_result=False, **HOOKS)
async def label_inbox(
    inbox: Folder = "data/inbox",
    home: str | None = None,
    replace: bool = False,  # noqa: FBT001, FBT002  Prefect's parameters are positional
    again: bool = False,  # noqa: FBT001, FBT002
    max_rejects: Share = MAX_REJECTS,
    alert_rejects: Share = ALERT.rejects,
    alert_review: Share = ALERT.review,
    quiet_seconds: Seconds = 5.0,
) -> Any:
    """Label what is new in the inbox with the champion, each file once.

    A file that has changed is relabelled, one still being written is left for the next time, a refused one is reported
    once. A run that finds another running on the home is Cancelled.

    Args:
        inbox: The folder or address to look into; within the home unless absolute.
        home: The folder or address that holds data/ and models/; else WINE_LABELS_HOME, else the working folder.
        replace: Relabel, with the champion, what an older version labelled.
        again: Look again at files that were refused and have not changed.
        max_rejects: The share of rejected rows above which a file is refused whole.
        alert_rejects: The alert threshold for rejected rows: the share above which somebody is notified.
        alert_review: The alert threshold for rows to review: the share above which somebody is notified.
        quiet_seconds: A file changed within so many seconds is watched for as long before it is read.

    """
    place = Home.at(home)
    try:
        with alone(place), running(place, str(flow_run.id)):
            await mark_crashed(place)
            place.prepare()
            sweep(place.staging)
            sweep_leftovers(place)
            request = Request.pinned(place, replace=True, max_rejects=max_rejects, remember=True)
            request.model()  # one that is damaged ends the run, and refuses no file
            found = survey(below(place.folder, inbox), request, relabel=replace, again=again, quiet=quiet_seconds)
            batches = found.refused + await label_each(found.new, request)
            told, refused = await take_in_each(found.truth, request)
            batches += refused
            with_truth = [batch.batch for batch in batches if batch.status == "labelled" and batch.truth]
            judged, damage = await judge_what_is_due(with_truth, request)
            done = Night(batches, found.unchanged, found.waiting, found.refused_before, told, judged)
            alert = Thresholds(alert_rejects, alert_review)
            alerts = [text for batch in batches for text in notices(batch, alert)] + promises_broken(judged) + damage
            if batches:
                await show_batches(place.table.name, f"Labels of {inbox}", done, request.version, alerts)
            await show_pages(place.table.name, done, place)
            notify(place.table.name, alerts, place, done)
    except HeldError:
        message = f"another run is labelling the inbox of {place.folder}; this one left it alone"
        return Cancelled(message=message, data=RefusedError(message))
    except REFUSALS as error:
        return Failed(message=reason(error), data=RefusedError(reason(error)))
    return ended(done, done)


@flow(name="retrain", flow_run_name="retrain", persist_result=False, **HOOKS)
async def retrain(
    sources: list[str] = [],  # noqa: B006  Prefect copies it
    home: str | None = None,
    recipe: Literal["default", "article"] = "default",
    seed: Seed = 0,
    truth: bool = False,  # noqa: FBT001, FBT002
) -> Any:
    """Train a version on the labelled tables given; it becomes champion if it passes the gate.

    Where a version was made from the same bytes by the same recipe and seed, nothing is trained. A run that finds
    another training is Cancelled.

    Args:
        sources: Files, folders, globs or addresses of tables with ground-truth labels; none: the shipped table.
        home: The folder or address that holds data/ and models/; else WINE_LABELS_HOME, else the working folder.
        recipe: How to train.
        seed: The random seed.
        truth: Learn from all truth that was told as well.

    """
    place = Home.at(home)
    try:
        with held(place.runs / "retrain.lock"), running(place, str(flow_run.id)):
            await mark_crashed(place)
            if not sources and place.table.shipped is None:
                return Completed(
                    message=f"nothing to train on: no sources, and no `shipped` in the table of {place.folder}"
                )
            return await train_and_show(Training(place, tuple(sources), recipe, seed, truth=truth))
    except HeldError:
        message = f"another run is training in {place.folder}; this one left it alone"
        return Cancelled(message=message, data=RefusedError(message))
    except REFUSALS as error:
        return Failed(message=reason(error), data=RefusedError(reason(error)))
