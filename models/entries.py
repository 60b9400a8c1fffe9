"""Entries: the lines of the history, what became of a version in each, and what follows from all of them.

A line is one JSON object: `format`, `event`, `version`, `sha256` (of that version's `model.json`), `reason`, `figures`,
`at`, `by` (user and host), and `before`: the sha256 of the line before, newline included
(`head -n 1 history.jsonl | sha256sum`), 64 zeros in the first. Lines of format 1 have neither `format` nor `by`; those
of format 3, written on object storage, have a `nonce` besides, by which a writer knows its own line again. All kinds
stand in one log.
"""

from __future__ import annotations

import json
from itertools import groupby
from secrets import token_hex
from typing import TYPE_CHECKING, Any, Final, Literal, get_args

from models.author import author
from models.errors import ModelError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime

Event = Literal["registered", "promoted", "refused", "rolled back", "pruned"]
Entry = dict[str, Any]

EVENTS_BEFORE_2: Final = ("registered", "promoted", "refused", "rolled back")
FORMAT: Final = 2
NEWEST: Final = 3
KINDS: Final[dict[str, type]] = {
    "event": str, "version": int, "sha256": str, "reason": str, "figures": dict, "at": str, "before": str,
}  # fmt: skip
CROWNING: Final = ("promoted", "rolled back")
"""The events by which a version becomes champion."""
SINCE_2: Final[dict[str, type]] = {"format": int, "by": str}
BY_FORMAT: Final[dict[int, dict[str, type]]] = {
    FORMAT: KINDS | SINCE_2,
    NEWEST: KINDS | SINCE_2 | {"nonce": str},
}


def new_entry(
    event: Event, version: int, sha256: str, at: datetime, reason: str = "", figures: Mapping[str, float] | None = None
) -> Entry:
    """An entry to append, by whoever runs this; ModelError where a figure is no finite number or the reason no text."""
    entry: Entry = {
        "format": FORMAT,
        "event": event,
        "version": version,
        "sha256": sha256,
        "reason": reason,
        "figures": dict(figures or {}),
        "at": at.isoformat(timespec="microseconds"),
        "by": author(),
    }
    try:
        line_of(entry)
        numbers = all(type(value) is int or isinstance(value, float) for value in entry["figures"].values())
    except (TypeError, ValueError):
        numbers = False
    if not numbers or not isinstance(reason, str):
        message = f"no entry of a history: figures are finite numbers, a reason is text; found {figures!r}, {reason!r}"
        raise ModelError(f"{message[:300]}; leave out what is neither")
    return entry


def with_nonce(entry: Entry) -> Entry:
    """The same entry as no other writer makes it."""
    return entry | {"format": NEWEST, "nonce": token_hex(16)}


def line_of(entry: Entry) -> bytes:
    """The line that an entry is written as."""
    return (json.dumps(entry, ensure_ascii=False, allow_nan=False) + "\n").encode()


def entry_in(line: bytes) -> Entry | None:
    """The entry in a line; None where it is none that this release knows."""
    try:
        entry = json.loads(line)
        kinds = BY_FORMAT.get(entry.get("format"), KINDS)
        formed = entry.keys() == kinds.keys() and all(type(entry[name]) is kind for name, kind in kinds.items())
        events = get_args(Event) if "format" in entry else EVENTS_BEFORE_2
        return dict(entry) if formed and entry["event"] in events else None
    except (ValueError, AttributeError, TypeError, RecursionError):
        return None


def is_newer(line: bytes) -> bool:
    """Whether a line is one that a newer release has written."""
    try:
        form = json.loads(line).get("format")
    except (ValueError, AttributeError, RecursionError):
        return False
    return type(form) is int and form > NEWEST


def fault(line: bytes) -> str:
    """Why a line is no entry, and what to do; empty where it is one."""
    if entry_in(line) is not None:
        return ""
    if is_newer(line):
        return f"written by a newer release; found {line[:40]!r}, formats up to {NEWEST} are known; upgrade wine-labels"
    return f"not an entry of a history; found {line[:40]!r}; restore the log from a copy"


def champions(entries: Iterable[Entry]) -> list[int]:
    """The champions there have been and that were neither rolled back nor pruned, the present one last.

    >>> champions([{"event": "promoted", "version": 1}, {"event": "promoted", "version": 2}])
    [1, 2]
    """
    found: list[int] = []
    for entry in entries:
        if entry["event"] == "rolled back":
            del found[-1:]
        if entry["event"] in CROWNING and found[-1:] != [entry["version"]]:
            found.append(entry["version"])
        if entry["event"] == "pruned":
            found = [version for version, _ in groupby(each for each in found if each != entry["version"])]
    return found


def crowned(entries: Sequence[Entry]) -> int | None:
    """The version that the last of these made champion; None where it did not make any."""
    return entries[-1]["version"] if entries and entries[-1]["event"] in CROWNING else None


def registered(entries: Iterable[Entry]) -> dict[int, str]:
    """The sha256 of `model.json` of each version that was registered; what was registered first counts."""
    found: dict[int, str] = {}
    for entry in entries:
        if entry["event"] == "registered":
            found.setdefault(entry["version"], entry["sha256"])
    return found


def pruned(entries: Iterable[Entry]) -> dict[int, Entry]:
    """The entry by which each version that was pruned was."""
    return {entry["version"]: entry for entry in entries if entry["event"] == "pruned"}
