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
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from uuid import UUID

    from flows.jobs.batch import Batch
    from flows.jobs.night import Night
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


def file_fields(home: Home, night: Night) -> dict[str, Any]:
    """The files of a run, those that need a person first, and how many others there are.

    Among them are batches of earlier runs whose labels, held against truth that came later, broke a promise.
    """
    broken = {each["batch"]: each["broken_promises"] for each in night.judged if each["broken_promises"]}
    files = [_file(batch, broken.pop(batch.batch, [])) for batch in sorted(night.batches, key=_need)]
    files += [_judged(batch, promises) for batch, promises in broken.items()]
    files.sort(key=lambda file: (file["status"] != "refused", not file["warnings"]))
    named = [*_bounded(file | {"page": _page(home, file)} for file in files[:MOST_FILES])]
    return {"files": named, "more_files": len(files) - len(named)}


def _need(batch: Batch) -> tuple[bool, float]:
    """What a person should look at first among files of one kind."""
    return not batch.suspect, -batch.rejected / batch.rows if batch.rows else 0.0


def _file(batch: Batch, promises: Sequence[str]) -> dict[str, Any]:
    sentences = [*([batch.suspect] if batch.suspect else []), *promises, *batch.warnings]
    return {
        "batch": batch.batch,
        "source": batch.source,
        "status": batch.status,
        "reason": batch.error,
        "warnings": [printable(text) for text in sentences[:MOST_WARNINGS]],
    }


def _judged(batch: str, promises: Sequence[str]) -> dict[str, Any]:
    warnings = [printable(text) for text in promises[:MOST_WARNINGS]]
    return {"batch": batch, "source": None, "status": "judged", "reason": None, "warnings": warnings}


def _page(home: Home, file: Mapping[str, Any]) -> str | None:
    page = home.page(file["batch"])
    return page_url(home, page) if file["status"] != "refused" and page.is_file() else None


def _bounded(files: Iterable[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """As many of them as fit."""
    size = 0
    for file in files:
        size += len(json.dumps(file))
        if size > LARGEST:
            return
        yield file


def _run_url(run: UUID | str | None) -> str | None:
    """None where no UI is served, and where its address holds a login, which is nobody else's."""
    if run is None or not get_current_settings().server.ui.enabled:
        return None
    url = url_for("flow-run", obj_id=str(run))
    return url if url and not httpx.URL(url).userinfo else None
