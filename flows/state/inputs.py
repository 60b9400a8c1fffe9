"""Inputs: where the file that a batch was made from is, found again by its name and sha256."""

from __future__ import annotations

import json
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Final

from data.addresses import is_object
from data.errors import SourceError
from data.object_path import ObjectPath
from data.places import place_of
from data.sources import Source
from data.staging import Stage
from models.disk import read

if TYPE_CHECKING:
    from data.places import Place
    from flows.state.home import Home
    from schemas.record import Record

LARGEST: Final = 1 << 16


def remember(home: Home, source: Source) -> None:
    """Remember where a batch's input was; on a disk that cannot be written it is looked for in the usual places."""
    place = source.path
    place = place_of(source.name) if is_object(source.name) or isinstance(place, ObjectPath) else place.absolute()
    if place.parent == home.inbox or _kept(home, source.batch) == str(place):
        return
    with suppress(OSError, ValueError), Stage(home.staging, "input", source.batch) as stage:
        text = json.dumps({"path": str(place)})
        stage.file(home.input(source.batch)).write_text(text, encoding="utf-8")
        stage.publish()


def find_input(home: Home, batch: str, record: Record, named: Place | None = None) -> Source:
    """The input of a batch, read as it was named when it was labelled; ``named`` says where it is.

    SourceError where it is not there, or has other bytes than were labelled.
    """
    places = [named] if named else _usual(home, batch, record)
    there = [place for place in places if place.is_file() and (named or place.name == record.source)]
    for place in there:
        source = Source.at(record.source, place)
        if source.sha256 == record.source_sha256:
            return source
    what = f"found other bytes in {there[0]}" if there else f"found none at {', '.join(map(str, places))}"
    message = (
        f"the source {record.source} of sha256 {record.source_sha256[:12]} is not there; {what}; name it by --source"
    )
    raise SourceError(message)


def _usual(home: Home, batch: str, record: Record) -> list[Place]:
    kept, shipped = _kept(home, batch), home.table.shipped
    remembered = [place_of(kept)] if kept else []
    places: list[Place] = [*remembered, home.inbox / record.source, Path(record.source)]
    places += [shipped] if isinstance(shipped, Path | ObjectPath) else []
    return list(dict.fromkeys(places))


def _kept(home: Home, batch: str) -> str | None:
    with suppress(OSError, ValueError, RecursionError):
        kept = json.loads(read(home.input(batch), LARGEST))
        path = kept.get("path") if isinstance(kept, dict) else None
        return path if isinstance(path, str) else None
    return None
