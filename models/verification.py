"""Verification: whether a store of versions is as it was saved, and every way in which it is not."""

from __future__ import annotations

from typing import TYPE_CHECKING

from models.codec import OWN_FILES
from models.disk import locked
from models.errors import ModelError
from models.history import champions, registered
from models.store import CHAMPION, content_of, number_in

if TYPE_CHECKING:
    from collections.abc import Iterator

    from models.history import Entry
    from models.store import ModelStore


def verify(store: ModelStore) -> list[str]:
    """What is wrong with a store, a line of text for each; nothing is changed.

    Every file of every version is hashed and decoded, the history replayed and the champion held against it. What a
    killed process left is no fault as long as the next save or promotion settles it; staging older than an hour is.
    """
    if not store.folder.is_dir():
        return []
    with locked(store.folder, shared=True):
        entries = store.log.entries(skip=True)
        versions = [fault for number in store.mentioned(entries) for fault in _check_version(store, number, entries)]
        old = [f"{path.name}: left by a killed process; the next save removes it" for path in store.abandoned()]
        return [*store.log.verify(), *versions, *_check_history(store, entries), *old]


def _check_version(store: ModelStore, number: int, entries: list[Entry]) -> Iterator[str]:
    expected = registered(entries) if store.log.exists() else None
    waiting = {place: prepared for prepared, place in store.pending(entries).items()}
    folder = waiting.get(store.path(number), store.path(number))
    try:
        version = store.read(number, folder, expected)
    except (ModelError, OSError) as error:
        yield f"version {number}: {str(error).removeprefix(f'version {number}: ')}"
        return
    for name in sorted({path.name for path in folder.iterdir()} - {*OWN_FILES, *version.files}):
        yield f"version {number}: {name} was not saved with it; found it in its folder; move it away"


def _check_history(store: ModelStore, entries: list[Entry]) -> Iterator[str]:
    if not store.log.exists() and store.versions():
        yield f"history.jsonl: no such file; versions are taken on trust, found {len(store.versions())}; restore it"
    expected = registered(entries)
    for entry in entries:
        if expected.get(entry["version"]) != entry["sha256"]:
            what = f"{entry['event']} version {entry['version']} by another sha256 than it was registered with"
            yield f"history.jsonl: {what}; found {entry['sha256'][:12]}; restore the log from a copy"
    yield from _check_champion(store, entries)


def _check_champion(store: ModelStore, entries: list[Entry]) -> Iterator[str]:
    place = store.folder / CHAMPION
    waiting = {place: prepared for prepared, place in store.pending(entries).items()}
    found = number_in(content_of(waiting.get(place, place)))
    expected = next(reversed(champions(entries)), None)
    if found != expected and store.log.exists():
        way_out = "run `wine-labels models promote N`"
        yield f"champion: not the one of the history; expected version {expected}, found {found}; {way_out}"
