"""The nightly flows, for schedules: `label_inbox` labels what is new, `retrain` trains on the labelled tables given.

Their parameters are described and bounded here, for the Prefect UI and for whoever starts a run.
"""

from __future__ import annotations

import asyncio
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any, Final, Literal, TypeAlias

from prefect import flow
from prefect.runtime import flow_run
from prefect.states import Cancelled, Completed, Failed
from pydantic import Field

from data.locks import HeldError, exclusive
from data.publishing import sweep
from data.sources import batch_name
from flows.alive import alive
from flows.artifacts import HOOKS, show_batches, show_pages, show_training, tell
from flows.batch import MAX_REJECTS, clash
from flows.bulletin import counted
from flows.home import Home
from flows.inbox import Survey, survey
from flows.labelling import label_each
from flows.notices import notices
from flows.refusals import REFUSALS, reason
from flows.refused import Refused
from flows.stale import bury
from flows.training import train_version
from models.store import ModelStore

REJECTS_TOLD: Final = 0.05
REVIEW_TOLD: Final = 0.2


TableName: TypeAlias = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]
Folder: TypeAlias = Annotated[str, Field(min_length=1)]
Share: TypeAlias = Annotated[float, Field(ge=0, le=1)]
Seconds: TypeAlias = Annotated[float, Field(ge=0, le=600)]
Seed: TypeAlias = Annotated[int, Field(ge=0, lt=2**32)]


@flow(name="label-inbox", flow_run_name="label what is new in {inbox}", persist_result=False, **HOOKS)
async def label_inbox(
    inbox: Folder = "data/inbox",
    home: str | None = None,
    table: TableName = "wine",
    replace: bool = False,  # noqa: FBT001, FBT002  Prefect's parameters are positional
    again: bool = False,  # noqa: FBT001, FBT002
    max_rejects: Share = MAX_REJECTS,
    rejects_told: Share = REJECTS_TOLD,
    review_told: Share = REVIEW_TOLD,
    quiet_seconds: Seconds = 5.0,
) -> Any:
    """Label what is new in the inbox with the champion, each file once.

    A file that has changed is labelled anew, one still being written is left for the next time, a refused one is told
    of once. A run that finds another at work on the home is Cancelled.

    Args:
        inbox: The folder to look into; within the home unless absolute.
        home: The folder that holds data/ and models/; else WINE_LABELS_HOME, else the working folder.
        table: The table the rows belong to.
        replace: Label anew, with the champion, what an older version labelled.
        again: Look again at files that were refused and have not changed.
        max_rejects: The share of rejected rows above which a file is refused whole.
        rejects_told: The share of rejected rows above which somebody is told.
        review_told: The share of rows to review above which somebody is told.
        quiet_seconds: A file touched within so many seconds is watched for as long before it is read.

    """
    place = Home.at(home)
    terms = {"table": table, "max_rejects": max_rejects}
    try:
        with exclusive(place.runs / f"inbox {table}.lock"), alive(place, str(flow_run.id)):
            await bury(place)
            sweep(place.staging)
            champion = ModelStore(place.models(table)).load()
            refused = Refused(place, terms)
            folder = place.folder / inbox
            found = survey(folder, place, champion.sha256, refused, replace=replace, again=again, quiet=quiet_seconds)
            arguments = (str(place.folder), champion.number, table, True, None, max_rejects, terms)
            batches = _clashes(folder, found, refused) + await label_each(found.due, *arguments)
            told = [text for batch in batches for text in notices(batch, rejects_told, review_told)]
            if batches:
                await show_batches(table, f"Labels of {inbox}", batches, champion.number, told)
                await show_pages(table, batches, place)
            tell(table, told)
    except HeldError:
        message = f"another run is at work on the inbox of {place.folder}; this one left it alone"
        return Cancelled(message=message, data={"error": message})
    except REFUSALS as error:
        return Failed(message=reason(error), data={"error": reason(error)})
    return _outcome(batches, found)


def _clashes(folder: Path, found: Survey, refused: Refused) -> list[dict[str, Any]]:
    batches = []
    for source, first in found.clashing.items():
        batch = clash(batch_name(Path(source)), source, str(folder / first))
        refused.keep(Path(source), batch.error or "", first)
        batches.append(asdict(batch))
    return batches


def _outcome(batches: list[dict[str, Any]], found: Survey) -> Any:
    result = {
        "batches": batches,
        "unchanged": found.unchanged,
        "waiting": found.waiting,
        "refused_before": found.refused_before,
    }
    words = counted(
        batches, unchanged=len(found.unchanged), waiting=len(found.waiting), refused_before=len(found.refused_before)
    )
    errors = [batch["error"] for batch in batches if batch["status"] == "refused"]
    if errors and len(errors) == len(batches):
        return Failed(message="; ".join(errors), data=result)
    if errors:
        return Completed(name="SomeRefused", message=f"{words}: {'; '.join(errors)}", data=result)
    return Completed(message=words, data=result)


@flow(name="retrain", flow_run_name="retrain {table}", persist_result=False, **HOOKS)
async def retrain(
    sources: list[str] = [],  # noqa: B006  Prefect copies it
    home: str | None = None,
    table: TableName = "wine",
    recipe: Literal["default", "article"] = "default",
    seed: Seed = 0,
) -> Any:
    """Train a version on the labelled tables given; it becomes champion if it passes the gate.

    Where the newest version was made from the same bytes by the same recipe, nothing is trained. A run that finds
    another at work is Cancelled.

    Args:
        sources: Files, folders or globs of tables that carry truth; none: the shipped table.
        home: The folder that holds data/ and models/; else WINE_LABELS_HOME, else the working folder.
        table: The table the rows belong to.
        recipe: How to train.
        seed: What all random draws start from.

    """
    place = Home.at(home)
    try:
        with exclusive(place.runs / f"retrain {table}.lock"), alive(place, str(flow_run.id)):
            await bury(place)
            folder = str(place.folder)
            trained = await asyncio.to_thread(
                lambda: train_version(sources, folder, table, recipe, seed, only_if_new=True)
            )
            await show_training(table, trained)
    except HeldError:
        message = f"another run is training in {place.folder}; this one left it alone"
        return Cancelled(message=message, data={"error": message})
    except REFUSALS as error:
        return Failed(message=reason(error), data={"error": reason(error)})
    if "error" in trained:
        return Failed(message=trained["error"], data=trained)
    return Completed(message=trained["reason"], data=trained)
