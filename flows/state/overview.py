"""The overview: the figures of every batch of a home, those of batches that have not changed read from one file.

To read ten thousand reports takes a quarter of a minute. What is kept holds for as long as the stamps of a batch's
files are the same; it begins with its own sha256 and what wrote it, and is made again where it is damaged or another's.
"""

from __future__ import annotations

import hashlib
import json
from contextlib import suppress
from importlib.metadata import version as installed
from typing import TYPE_CHECKING, Any, Final, TypeAlias

import pyarrow as pa

from data.places import states
from data.staging import Stage
from flows.state.figures import Figures, Judged, figures_of
from models.disk import read

if TYPE_CHECKING:
    from collections.abc import Mapping

    from data.places import Place
    from flows.state.home import Home

LARGEST: Final = 1 << 28
ENDING: Final = ".parquet"
UNREADABLE: Final = (OSError, ValueError, LookupError, TypeError, pa.ArrowException)

Kept: TypeAlias = "dict[str, tuple[str, Figures]]"
"""By the name of a batch the stamps of its files, and its figures."""


def overview(home: Home) -> dict[str, Figures | None]:
    """The figures of each batch that is published, None where they cannot be read; what is new among them is kept."""
    before = _kept(home)
    now: Kept = {}
    unreadable: dict[str, None] = {}
    for batch, stamps in _stamps(home).items():
        kept = before.get(batch)
        if kept and kept[0] == stamps:
            now[batch] = kept
            continue
        try:
            now[batch] = stamps, figures_of(home, batch)
        except UNREADABLE:
            unreadable[batch] = None
    if now != before:
        _keep(home, now)
    return {batch: figures for batch, (_, figures) in now.items()} | unreadable


def _stamps(home: Home) -> dict[str, str]:
    """The stamps of the labels, the report and the judged file of each batch that has the first two."""
    labels, reports, judged = (_stamps_in(path("").parent) for path in (home.labels, home.report, home.judged))
    return {
        name.removesuffix(ENDING): f"{labels[name]} {reports[name]} {judged.get(name, '')}"
        for name in sorted(labels.keys() & reports.keys())
        if name.endswith(ENDING)
    }


def _stamps_in(folder: Place) -> dict[str, str]:
    """Size, times and number of each file in a folder, as one text: there may be very many."""
    return {
        name: f"{state.st_size} {state.st_mtime_ns} {state.st_ctime_ns} {state.st_ino}"
        for name, state in states(folder)
    }


def _kept(home: Home) -> Kept:
    """What was kept before; nothing where it is damaged, or of another release."""
    with suppress(OSError, ValueError, RecursionError):
        head, body = read(home.figures, LARGEST).split(b"\n", 1)
        if head == _head(body):
            return {batch: (stamps, _figures(values)) for batch, (stamps, values) in json.loads(body).items()}
    return {}


def _keep(home: Home, kept: Mapping[str, Any]) -> None:
    """Keep it; on a disk that cannot be written it is made again the next time."""
    body = json.dumps(kept).encode()
    with suppress(OSError), Stage(home.staging, "figures", "") as stage:
        stage.file(home.figures).write_bytes(_head(body) + b"\n" + body)
        stage.publish()


def _head(body: bytes) -> bytes:
    facts = [installed("wine-labels"), Figures._fields, Judged._fields, hashlib.sha256(body).hexdigest()]
    return json.dumps(facts).encode()


def _figures(values: list[Any]) -> Figures:
    *others, broken, promised, judged = values
    by_how = {how: Judged._make(each) for how, each in judged.items()}
    return Figures._make((*others, tuple(broken), promised, by_how))
