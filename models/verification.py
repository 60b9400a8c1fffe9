"""Verification: whether a store of versions is as it was saved, and every way in which it is not."""

from __future__ import annotations

from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING

from models.codec import OWN_FILES
from models.disk import locked
from models.entries import champions, pruned, registered
from models.errors import ModelError
from models.layout import CHAMPION, OWN, STAGING, content_of, number_in, pointer_to, sequence_in

if TYPE_CHECKING:
    from collections.abc import Iterator

    from models.entries import Entry
    from models.place import Place
    from models.store import ModelStore


def verify(store: ModelStore) -> list[str]:
    """What is wrong with a store, a line of text for each; nothing is changed.

    Every file of every version is hashed and decoded, the history replayed and the champion held against it. What a
    killed process left is no fault as long as the next save or promotion settles it; staging older than an hour is.
    Of a version that was pruned nothing is expected.
    """
    if not store.folder.is_dir():
        return []
    with locked(store.folder, shared=True) if isinstance(store.folder, Path) else nullcontext():
        try:
            return _settled_faults(store)
        except ModelError as error:  # a log that cannot be read at all
            return [str(error)]


def _settled_faults(store: ModelStore) -> list[str]:
    """What is wrong; where others wrote meanwhile, whom nothing keeps out on object storage, it is looked at again."""
    while True:
        before = store.log.lines()
        found = [*_faults(store)]
        if not found or isinstance(store.folder, Path) or store.log.lines() == before:
            return found


def _faults(store: ModelStore) -> Iterator[str]:
    entries = store.log.entries(skip=True)
    yield from store.log.verify()
    for number in sorted({*store.mentioned(entries)} - {*pruned(entries)}):
        yield from _check_version(store, number, entries)
    yield from _check_history(store, entries)
    for path in store.writer.abandoned():
        yield f"{path.name}: left by a killed process; the next save removes it"
    yield from _strays(store, entries)
    yield from store.log.verify_end()


def _check_version(store: ModelStore, number: int, entries: list[Entry]) -> Iterator[str]:
    expected = registered(entries) if store.log.exists() else None
    waiting = {place: prepared for prepared, place in store.writer.pending(entries).items()}
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
    waiting = {place: prepared for prepared, place in store.writer.pending(entries).items()}
    text = content_of(waiting.get(place, place))
    found = number_in(text)
    expected = next(reversed(champions(entries)), None)
    if found is not None and (sequence := sequence_in(text)):
        yield from _check_sequence(sequence, found, entries)
        return
    way_out = "run `wine-labels models promote N`"
    if found != expected and store.log.exists():
        yield f"champion: not the one of the history; expected version {expected}, found {found}; {way_out}"
    elif text != (b"" if found is None else pointer_to(found)):
        yield f"champion: not as it was written; found {text[:40]!r}; {way_out}"


def _check_sequence(sequence: int, found: int, entries: list[Entry]) -> Iterator[str]:
    """The champion's file on object storage follows the history, and may not have followed it to its end yet."""
    if sequence > len(entries):
        what = f"its line {sequence} is gone, of which the champion's file was made; found {len(entries)} lines"
        yield f"history.jsonl: {what}; restore it from a copy"
    elif next(reversed(champions(entries[:sequence])), None) != found:
        what = f"not the one of line {sequence} of the history; found version {found}"
        yield f"champion: {what}; run `wine-labels models promote N`"


def _strays(store: ModelStore, entries: list[Entry]) -> Iterator[str]:
    found: dict[str, Place] = {path.name: path for path in store.folder.iterdir()}
    versions = store.writer.begun()  # asked after what there is, and what is registered last: so goes a save
    versions |= {store.path(number).name for number in (*store.versions(), *pruned(entries))}
    for name, path in sorted(found.items()):
        if name not in versions | OWN and not name.startswith(STAGING) and not _is_empty(path):
            yield f"{name}: not of the store; found it beside the versions; move it away"


def _is_empty(path: Place) -> bool:
    """Whether this is a folder on object storage with nothing in it, which some stores list for a while."""
    return not isinstance(path, Path) and not path.exists()
