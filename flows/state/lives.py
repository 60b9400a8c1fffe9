"""The lives of versions: when each was registered, what was decided of it, and when it labelled."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from models.store import ModelStore

CROWNED: Final = ("promoted", "rolled back")  # to this version: it became champion
DECIDED: Final = (*CROWNED, "refused")


@dataclass(frozen=True)
class Decision:
    """What was decided of a version, when (ISO 8601, UTC) and why."""

    event: str
    at: str
    reason: str

    def __str__(self) -> str:
        """The decision and its reason in one line."""
        told = self.reason.startswith(self.event)
        return self.reason if told else f"{self.event}: {self.reason}" if self.reason else self.event


@dataclass(frozen=True)
class Life:
    """What the history says of one version."""

    registered_at: str = ""
    """Empty where the history does not say it."""
    decisions: tuple[Decision, ...] = ()

    @property
    def since(self) -> str:
        """When it last became champion; empty where it never did."""
        return next((each.at for each in reversed(self.decisions) if each.event in CROWNED), "")


def lives(store: ModelStore) -> Mapping[int, Life]:
    """The life of each version that the history names; ModelError where that cannot be read."""
    entries: defaultdict[int, list[dict[str, Any]]] = defaultdict(list)
    for entry in store.history():
        entries[entry["version"]].append(entry)
    return defaultdict(Life, {version: _life(its) for version, its in entries.items()})


def reigns(lives: Mapping[int, Life]) -> list[tuple[datetime, int]]:
    """When which version became champion, oldest first."""
    return sorted(
        (datetime.fromisoformat(each.at), version)
        for version, life in lives.items()
        for each in life.decisions
        if each.event in CROWNED
    )


def _life(entries: Iterable[dict[str, Any]]) -> Life:
    registered = [entry["at"] for entry in entries if entry["event"] == "registered"]
    decided = [Decision(entry["event"], entry["at"], entry["reason"]) for entry in entries if entry["event"] in DECIDED]
    return Life(next(iter(registered), ""), tuple(decided))
