"""Pruning: old versions removed from a store, and that recorded in its history."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from models.entries import champions, new_entry, pruned, registered
from models.errors import ModelError

if TYPE_CHECKING:
    from collections.abc import Collection

    from models.entries import Entry
    from models.store import ModelStore


def prunable(store: ModelStore, keep: int, spared: Collection[int] = ()) -> list[int]:
    """The versions older than the newest ``keep``, one or more, but for the champion and those that are spared.

    A version whose folder was removed by hand is among them: to prune it records that.
    """
    return _prunable(store, store.history(), keep, spared)


def _prunable(store: ModelStore, entries: list[Entry], keep: int, spared: Collection[int]) -> list[int]:
    known = registered(entries) if entries else store.versions()
    kept = {*pruned(entries), *champions(entries)[-1:], store.champion(), *spared}
    newest = store.versions()[-keep:]
    return sorted(number for number in known if newest and number < newest[0] and number not in kept)


def prune(store: ModelStore, keep: int, spared: Collection[int] = ()) -> list[int]:
    """Remove them and return their numbers, which are never given again; ModelError where a folder cannot be removed.

    The history records it first: from then on nothing loads them, and what a killed process left of their folders is
    removed by the next save, promotion or pruning.
    """
    if not store.folder.is_dir():
        return []
    numbers: list[int] = []

    def decide(entries: list[Entry]) -> list[Entry]:
        numbers[:] = _prunable(store, entries, keep, spared)
        sha256, now, reason = registered(entries), datetime.now(UTC), f"the newest {keep} kept"
        return [new_entry("pruned", number, sha256[number], now, reason) for number in numbers]

    store.writer.commit(decide)
    if left := [number for number in numbers if store.path(number).exists()]:
        message = f"{store.path(left[0])}: pruned, but its folder cannot be removed; found it still there"
        raise ModelError(f"{message}; correct its permissions and prune again, or remove it")
    return numbers
