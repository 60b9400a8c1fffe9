"""The message: what is posted to the webhook, a sentence for people and fields for programs, of bounded size."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

import httpx
from prefect.settings import get_current_settings
from prefect.utilities.urls import url_for

from flows.runs.links import page_url
from flows.state.printable import printable

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from flows.jobs.batch import Batch
    from flows.state.home import Home

MOST_NOTICES: Final = 20  # of 500 characters each at most
MOST_FILES: Final = 100
MOST_WARNINGS: Final = 10  # of a file
LARGEST: Final = 200_000  # bytes of all files together: names and paths may be long


def sentence(notices: Sequence[str]) -> str:
    """The notices for people; where there are many the first of them, and how many more there are."""
    others = [f"and {len(notices) - MOST_NOTICES:,} more"] if len(notices) > MOST_NOTICES else []
    return f"wine-labels: {'; '.join([*notices[:MOST_NOTICES], *others])}"


def run_fields(flow: str | None, run: UUID | str | None, name: str | None) -> dict[str, Any]:
    """The run that has something to say: its flow, its id, its name and its address in Prefect's UI."""
    return {"flow": flow, "run": str(run), "run_name": name and printable(name), "run_url": _run_url(run)}


def file_fields(home: Home, batches: Sequence[Batch]) -> dict[str, Any]:
    """The files of a run, those that need a person first, and how many others there are."""
    files: list[dict[str, Any]] = []
    size = 0
    for batch in sorted(batches, key=_need)[:MOST_FILES]:
        file = _file(home, batch)
        size += len(json.dumps(file))
        if size > LARGEST:
            break
        files.append(file)
    return {"files": files, "more_files": len(batches) - len(files)}


def _need(batch: Batch) -> tuple[bool, bool, bool, float]:
    rejected = batch.rejected / batch.rows if batch.rows else 0.0
    return batch.status != "refused", not batch.suspect, not batch.warnings, -rejected


def _file(home: Home, batch: Batch) -> dict[str, Any]:
    page = home.page(batch.batch)
    there = batch.status != "refused" and page.is_file()
    sentences = [*([batch.suspect] if batch.suspect else []), *batch.warnings]
    return {
        "batch": batch.batch,
        "source": batch.source,
        "status": batch.status,
        "reason": batch.error,
        "warnings": [printable(text) for text in sentences[:MOST_WARNINGS]],
        "page": page_url(home, page) if there else None,
    }


def _run_url(run: UUID | str | None) -> str | None:
    """None where no UI is served, and where its address holds a login, which is nobody else's."""
    if run is None or not get_current_settings().server.ui.enabled:
        return None
    url = url_for("flow-run", obj_id=str(run))
    return url if url and not httpx.URL(url).userinfo else None
